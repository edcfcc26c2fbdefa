import BlockStore
import Buffers
import Execution
import Multiformats

/// A follower that counts what it has seen, and has every block checked.
struct CountingFollower: Follower {
    static let name: FollowerName = "counting"
    static let readsBytes = true

    /// Values that it takes of a page.
    var itemsPerStep = 3
    var count: UInt64 = 0
    /// Of their numbers.
    var sum: UInt64 = 0
    var gapCount: UInt64 = 0

    var state: Bytes {
        var writer = ByteWriter()
        writer.append(1)
        for number in [count, sum, gapCount] { writer.appendVarint(number) }
        return writer.finish()
    }

    mutating func restore(_ state: Bytes) -> Bool {
        var reader = ByteReader(state)
        guard (try? reader.readByte()) == 1, let count = try? reader.readVarint(),
            let sum = try? reader.readVarint(), let gapCount = try? reader.readVarint()
        else { return false }
        (self.count, self.sum, self.gapCount) = (count, sum, gapCount)
        return true
    }

    mutating func plan(at moment: FollowerMoment) -> FollowerPlan { .read }

    mutating func step(_ page: LogPage) -> FollowerActions {
        var actions = FollowerActions()
        let items = page.items.prefix(itemsPerStep)
        for item in items {
            count += 1
            sum += item.sequence
            actions.checks.append(BlockCheck(item))
        }
        if items.count < page.items.count {
            actions.through = items.last?.sequence
        } else {
            gapCount += UInt64(page.gaps.count)
        }
        return actions
    }
}
