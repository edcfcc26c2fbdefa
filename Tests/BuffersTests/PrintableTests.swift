import Buffers
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(40)))
struct PrintableTests {
    @Test(arguments: PrintableSample.all)
    func aScalarShowsAsItselfOrNot(sample: PrintableSample) {
        #expect(sample.scalar.isPrintable == sample.isPrintable)
    }
}
