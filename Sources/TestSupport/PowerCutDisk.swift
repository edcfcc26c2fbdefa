import Execution

/// A small XFS file system on a loop device whose power a test can cut: afterwards all I/O fails, and
/// after mounting it again only what had been synced is there. Needs root and `xfsprogs`.
package final class PowerCutDisk {
    /// Where it is mounted.
    package let mountPoint: String
    private let folder: String
    private var isMounted = false

    /// Makes and mounts a file system.
    ///
    /// - Parameter mebibytes: its size; XFS wants at least 300.
    package init(mebibytes: Int = 320) throws {
        folder = try File.makeTemporaryFolder(prefix: "holdfast-disk-")
        mountPoint = folder + "/mount"
        try File.makeFolder(mountPoint)
        try Self.run("truncate", ["--size", "\(mebibytes)M", folder + "/image"])
        try Self.run("mkfs.xfs", ["-q", folder + "/image"])
        try mount()
    }

    deinit {
        if isMounted { try? unmount() }
        try? File.removeTree(folder)
    }

    /// Cuts the power: every later read and write fails, and nothing more reaches the disk.
    package func cutPower() throws {
        // `shutdown` without `-f` does not flush the journal: what was not synced is lost.
        try Self.run("xfs_io", ["-x", "-c", "shutdown", mountPoint])
    }

    /// Mounts it again, as after a restart of the machine. No process may use it any more.
    package func remount() throws {
        try unmount()
        try mount()
    }

    private func mount() throws {
        try Self.run("mount", ["-o", "loop", folder + "/image", mountPoint])
        isMounted = true
    }

    private func unmount() throws {
        try Self.run("umount", [mountPoint])
        isMounted = false
    }

    private static func run(_ program: String, _ arguments: [String]) throws {
        let process = try ChildProcess.run(program, arguments)
        guard process.exitCode == 0 else {
            throw DiskError(command: program, text: process.errorText)
        }
    }
}

/// A command of the test disk failed: usually missing rights or a missing package.
package struct DiskError: Error {
    /// Which command.
    package let command: String
    /// What it said.
    package let text: String
}
