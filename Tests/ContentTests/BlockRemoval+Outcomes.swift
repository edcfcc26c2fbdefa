import Content
import Multiformats

extension BlockRemoval {
    /// Removes blocks and gives one outcome for each.
    func remove(_ cids: [CID], isForced: Bool) throws -> [Outcome] {
        var outcomes: [Outcome] = []
        try remove(cids, isForced: isForced) { outcomes.append($0) }
        return outcomes
    }
}
