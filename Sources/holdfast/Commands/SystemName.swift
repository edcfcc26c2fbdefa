/// The machine that the program was built for, as Go writes it.
enum SystemName {
    #if arch(arm64)
        static let text = "arm64/linux"
    #else
        static let text = "amd64/linux"
    #endif
}
