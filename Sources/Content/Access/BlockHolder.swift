/// Has blocks of a request that can be let go of whenever that has to wait for memory.
package protocol BlockHolder: AnyObject {
    /// Lets go of all of them; they are read again when they are needed.
    func release()
}
