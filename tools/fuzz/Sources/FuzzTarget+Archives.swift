import Buffers
import IPLD
import Multiformats

extension FuzzTarget {
    static let archives = [FuzzTarget("car", checkCAR)]

    private static func checkCAR(_ input: Bytes) throws {
        let whole = CARContents(reading: [input])
        let inPieces = CARContents(reading: Pieces(input))
        try Finding.unless(whole == inPieces, "a CAR is read differently in pieces")
        guard whole.version != nil else { return }
        let again = CARContents(reading: [whole.written()])
        try Finding.unless(again.problem == nil, "a written CAR is refused: \(again)")
        try Finding.unless(
            again.roots == whole.roots && again.blocks == whole.blocks,
            "a written CAR loses something")
    }
}
