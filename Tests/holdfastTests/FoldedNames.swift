import TestSupport

/// A library with which a program sees its folders as on a file system that knows a name by its
/// letters, large or small, and keeps the name that came first.
struct FoldedNames {
    private let library: PreloadedLibrary

    /// Makes the library.
    ///
    /// - Parameter folder: where; belongs to the caller.
    init(in folder: String) throws {
        library = try PreloadedLibrary("folded-names", in: folder, code: Self.code)
    }

    /// What a program has to be started with.
    ///
    /// - Parameter forgetsNumbers: whether a file has another number when one has been made since, as
    ///   on a FAT file system when memory is short.
    func environment(forgetsNumbers: Bool = false) -> [String: String] {
        library.environment.merging(["FOLDED_FORGETS": forgetsNumbers ? "1" : "0"]) { own, _ in own
        }
    }

    private static let code = """
        #define _GNU_SOURCE
        #include <dirent.h>
        #include <dlfcn.h>
        #include <fcntl.h>
        #include <stdarg.h>
        #include <stdio.h>
        #include <stdlib.h>
        #include <string.h>
        #include <strings.h>
        #include <sys/stat.h>
        #include <unistd.h>
        #define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))
        static unsigned long made;
        static const char *stored(int folder, const char *name, char *kept) {
            int copy = REAL(openat)(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
            DIR *list = copy < 0 ? NULL : fdopendir(copy);
            if (list == NULL) return name;
            struct dirent *entry;
            snprintf(kept, 256, "%s", name);
            while ((entry = readdir(list)) != NULL)
                if (strcasecmp(entry->d_name, name) == 0) snprintf(kept, 256, "%s", entry->d_name);
            closedir(list);
            return kept;
        }
        int openat(int folder, const char *name, int flags, ...) {
            char kept[256];
            va_list rest;
            va_start(rest, flags);
            int mode = flags & O_CREAT ? va_arg(rest, int) : 0;
            va_end(rest);
            if (flags & O_CREAT) made++;
            return REAL(openat)(folder, stored(folder, name, kept), flags, mode);
        }
        int fstatat(int folder, const char *name, struct stat *out, int flags) {
            char kept[256];
            int result = REAL(fstatat)(folder, stored(folder, name, kept), out, flags);
            if (result == 0 && *getenv("FOLDED_FORGETS") == '1') out->st_ino += made << 32;
            return result;
        }
        int mkdirat(int folder, const char *name, mode_t mode) {
            char kept[256];
            return REAL(mkdirat)(folder, stored(folder, name, kept), mode);
        }
        int symlinkat(const char *target, int folder, const char *name) {
            char kept[256];
            return REAL(symlinkat)(target, folder, stored(folder, name, kept));
        }
        int renameat(int folder, const char *name, int newFolder, const char *newName) {
            char kept[256], newKept[256];
            return REAL(renameat)(
                folder, stored(folder, name, kept), newFolder, stored(newFolder, newName, newKept));
        }
        """
}
