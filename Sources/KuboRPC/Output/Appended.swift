/// What became of a value that was to be added to an answer.
enum Appended: Equatable {
    case done
    /// There is no memory for it now: so many bytes have to be waited for, without the value, which is made
    /// again then.
    case missing(Int)
    /// There was none.
    case nothing
}
