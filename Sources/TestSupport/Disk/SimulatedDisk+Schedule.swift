package import BlockStore
import Execution

// What lives of a store on a simulated disk have in common.

extension SimulatedDisk {
    /// Opens a store; again where the disk fails, or its power is cut meanwhile.
    ///
    /// - Throws: what is not the disk's.
    package func open(_ options: BlockStoreOptions) throws(BlockStoreError) -> BlockStore {
        while true {
            do throws(BlockStoreError) {
                return try BlockStore.open(options)
            } catch {
                guard error.code == .readError else { throw error }
                if !isOn { powerOn() }
            }
        }
    }

    /// Has each take so many steps on a thread of its own, as long as the power is on.
    ///
    /// - Returns: the workers, as they are behind them.
    package func work<Worker: Sendable>(
        _ workers: [Worker], stepCount: Int, _ step: @escaping @Sendable (inout Worker) -> Void
    ) -> [Worker] {
        let results = workers.map { worker in
            let result = Pending<Worker>()
            let thread = Thread(name: "worker") { [self] in
                var worker = worker
                for _ in 0..<stepCount where isOn { step(&worker) }
                result.fulfil(worker)
            }
            return (thread, result)
        }
        defer { for (thread, _) in results { thread.join() } }
        return results.map { $0.1.value() }
    }
}
