extension Unicode.Scalar {
    /// Whether it shows as itself: letters, marks, numbers, punctuation, symbols and the ASCII blank
    /// (Go's `unicode.IsPrint`, which Kubo prints names by).
    ///
    /// Of what others have written, control characters would forge lines or drive a terminal, marks
    /// of direction would show another text than there is, and no other blank can be told from the
    /// ASCII one or from nothing.
    package var isPrintable: Bool {
        if isASCII { return value >= 0x20 && value != 0x7f }
        return switch properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator,
            .paragraphSeparator, .spaceSeparator:
            false
        default: true
        }
    }
}
