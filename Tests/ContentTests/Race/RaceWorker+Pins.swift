import BlockStore
import Buffers
import Content
import Multiformats
import TestSupport

extension RaceWorker {
    /// What a pin makes so of some roots.
    func pins(
        of roots: [CID], _ mode: Pin.Mode, _ holder: Pin.Holder = .rpc
    ) -> [RaceModel.Subject] {
        roots.flatMap { root -> [RaceModel.Subject] in
            mode == .recursive
                ? [.pin(root, holder), .recursive(root, holder)] : [.pin(root, holder)]
        }
    }

    /// Pins one root or two.
    mutating func pin(_ library: Library, _ mode: Pin.Mode) {
        let roots = (0..<(1 + random.below(2))).map { _ in dag().root }
        let name = "name \(random.below(3))"
        let change = model.begin(pins(of: roots, mode), raises: true)
        let isDone = attempt {
            try Pins(library).add(roots, mode: mode, name: name, for: context())
        }
        model.end(change) { _ in isDone }
    }

    mutating func unpin(_ library: Library) {
        let root = dag().root
        let change = model.begin(pins(of: [root], .recursive), raises: false)
        let isDone = attempt { try Pins(library).remove(root, for: context()) }
        model.end(change) { _ in isDone }
    }

    /// Moves a pin from one root to another.
    mutating func update(_ library: Library) {
        let (old, new) = (dag().root, dag().root)
        guard old != new else { return }
        let raised = model.begin(pins(of: [new], .recursive), raises: true)
        let lowered = model.begin(pins(of: [old], .recursive), raises: false)
        let isDone = attempt { try Pins(library).update(from: old, to: new, for: context()) }
        model.end(raised) { _ in isDone }
        model.end(lowered) { _ in isDone }
    }

    /// Another holder pins what is pinned already, and no longer wants what it has pinned.
    mutating func pinForAnother(_ library: Library) {
        let (root, holder) = (dag().root, Self.holders[1])
        guard model.known(.pin(root, holder)) == .notSo else {
            return unpinForAnother(root, holder, library)
        }
        let kept = model.whatIsSo([.recursive(root, .rpc)])
        guard model.whatHasStayed(kept) != nil else { return }
        let change = model.begin(pins(of: [root], .recursive, holder), raises: true)
        let isDone = attempt {
            try library.store.pin(root, mode: .recursive, name: "", holder: holder, by: soon())
        }
        // Only the first pin has seen to it that the blocks are here.
        let isKept = model.whatHasStayed(kept) != nil
        model.end(change) { _ in isDone && isKept }
        if !isDone || !isKept { unpinForAnother(root, holder, library) }
    }

    private func unpinForAnother(_ root: CID, _ holder: Pin.Holder, _ library: Library) {
        let change = model.begin(pins(of: [root], .recursive, holder), raises: false)
        // Not passing over an absent one: behind a write that failed it may come back, and then nothing
        // was taken away.
        let isDone = attempt {
            try library.store.unpin([root], holder: holder, by: soon())
        }
        model.end(change) { _ in isDone }
    }
}
