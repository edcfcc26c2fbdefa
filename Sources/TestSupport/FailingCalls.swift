/// A library that makes calls of the system fail, or wait, in a program that is started with it.
package struct FailingCalls {
    /// What is done to calls of one name about files whose path ends in a text.
    package struct Fault {
        /// `access`, `lstat`, `stat`, `statvfs`, `readdir`, `read`, `fdatasync`, `close` (which closes
        /// it), `poll` of one file (which then is not ready).
        package var call: String
        /// How the path ends; with a `*` at its end, what is somewhere in it.
        package var path: String
        /// The system's error number; zero for a call that only waits.
        package var number: Int32
        /// The first such call that it is done to, counted from 1.
        package var first = 1
        /// How many calls it is done to.
        package var count = 1_000_000
        /// How long the call waits, in seconds.
        package var seconds = 0

        package init(_ call: String, of path: String, number: Int32) {
            self.call = call
            self.path = path
            self.number = number
        }
    }

    private let library: PreloadedLibrary

    /// Makes the library.
    ///
    /// - Parameter folder: where; belongs to the caller.
    package init(in folder: String) throws {
        library = try PreloadedLibrary("failing-calls", in: folder, code: Self.code)
    }

    /// What a program has to be started with.
    package func environment(_ fault: Fault) -> [String: String] {
        library.environment.merging([
            "FAULT_CALL": fault.call, "FAULT_PATH": fault.path,
            "FAULT_NUMBER": "\(fault.number)", "FAULT_FIRST": "\(fault.first)",
            "FAULT_COUNT": "\(fault.count)", "FAULT_SECONDS": "\(fault.seconds)",
        ]) { own, _ in own }
    }

    private static let code = """
        #define _GNU_SOURCE
        #include <dirent.h>
        #include <dlfcn.h>
        #include <errno.h>
        #include <poll.h>
        #include <stdatomic.h>
        #include <stdio.h>
        #include <stdlib.h>
        #include <string.h>
        #include <sys/stat.h>
        #include <sys/statvfs.h>
        #include <unistd.h>
        static atomic_int seen;
        static int isHit(const char *call, const char *path) {
            const char *wanted = getenv("FAULT_PATH");
            size_t length = strlen(path), end = strlen(wanted);
            if (strcmp(call, getenv("FAULT_CALL")) != 0) return 0;
            if (end > 0 && wanted[end - 1] == '*') {
                char part[256];
                snprintf(part, sizeof part, "%.*s", (int)end - 1, wanted);
                if (strstr(path, part) == NULL) return 0;
            } else if (length < end || strcmp(path + length - end, wanted) != 0) return 0;
            int number = atomic_fetch_add(&seen, 1) + 1 - atoi(getenv("FAULT_FIRST"));
            if (number < 0 || number >= atoi(getenv("FAULT_COUNT"))) return 0;
            sleep(atoi(getenv("FAULT_SECONDS")));
            errno = atoi(getenv("FAULT_NUMBER"));
            return errno != 0;
        }
        static int isHitOpen(const char *call, int fd) {
            int kept = errno;
            char link[64], path[4096];
            snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
            ssize_t length = readlink(link, path, sizeof path - 1);
            errno = kept;
            if (length <= 0) return 0;
            path[length] = 0;
            return isHit(call, path);
        }
        #define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))
        int access(const char *path, int mode) {
            return isHit("access", path) ? -1 : REAL(access)(path, mode);
        }
        int lstat(const char *path, struct stat *out) {
            return isHit("lstat", path) ? -1 : REAL(lstat)(path, out);
        }
        int stat(const char *path, struct stat *out) {
            return isHit("stat", path) ? -1 : REAL(stat)(path, out);
        }
        int statvfs(const char *path, struct statvfs *out) {
            return isHit("statvfs", path) ? -1 : REAL(statvfs)(path, out);
        }
        struct dirent *readdir(DIR *folder) {
            return isHitOpen("readdir", dirfd(folder)) ? NULL : REAL(readdir)(folder);
        }
        struct dirent64 *readdir64(DIR *folder) {
            return isHitOpen("readdir", dirfd(folder)) ? NULL : REAL(readdir64)(folder);
        }
        ssize_t read(int fd, void *memory, size_t count) {
            return isHitOpen("read", fd) ? -1 : REAL(read)(fd, memory, count);
        }
        int poll(struct pollfd *files, nfds_t count, int milliseconds) {
            if (count != 1 || !isHitOpen("poll", files[0].fd))
                return REAL(poll)(files, count, milliseconds);
            files[0].revents = 0;
            return REAL(poll)(NULL, 0, milliseconds);
        }
        int fdatasync(int fd) {
            return isHitOpen("fdatasync", fd) ? -1 : REAL(fdatasync)(fd);
        }
        int close(int fd) {
            int isFailing = isHitOpen("close", fd), number = errno;
            int result = REAL(close)(fd);
            if (!isFailing) return result;
            errno = number;
            return -1;
        }
        """
}
