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
        let pins = model.pins.begin(roots)
        let ending = ending {
            // One by one: where the second one fails, the first one is taken back.
            try Pins(library, countAtOnce: 1).add(roots, mode: mode, name: name, for: context())
        }
        model.pins.end(pins, ending, .pin(mode, name: name))
        model.end(change) { _ in ending == .done }
    }

    mutating func unpin(_ library: Library) {
        let root = dag().root
        let change = model.begin(pins(of: [root], .recursive), raises: false)
        let pins = model.pins.begin([root])
        let ending = ending { try Pins(library).remove(root, for: context()) }
        model.pins.end(pins, ending, .unpinned)
        model.end(change) { _ in ending == .done }
    }

    /// Moves a pin from one root to another.
    mutating func update(_ library: Library) {
        let (old, new) = (dag().root, dag().root)
        guard old != new else { return }
        let raised = model.begin(pins(of: [new], .recursive), raises: true)
        let lowered = model.begin(pins(of: [old], .recursive), raises: false)
        let (pinned, unpinned) = (model.pins.begin([new]), model.pins.begin([old]))
        let ending = ending { try Pins(library).update(from: old, to: new, for: context()) }
        // By which name is the old pin's to know.
        model.pins.end(pinned, ending, nil)
        model.pins.end(unpinned, ending, .unpinned)
        model.end(raised) { _ in ending == .done }
        model.end(lowered) { _ in ending == .done }
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
