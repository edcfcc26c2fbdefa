// Loaded before LevelDB, it has tables read with pread, as LevelDB itself reads those past the
// thousandth that is mapped into memory. No trial could make a thousand tables.
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "leveldb/c.h"
#include "leveldb/env.h"
#include "leveldb/options.h"

namespace {

leveldb::Status Failure(const std::string& name) {
  const int number = errno;
  if (number == ENOENT) return leveldb::Status::NotFound(name, strerror(number));
  return leveldb::Status::IOError(name, strerror(number));
}

class Table : public leveldb::RandomAccessFile {
 public:
  Table(const std::string& name, int file) : name_(name), file_(file) {}
  ~Table() override { close(file_); }

  leveldb::Status Read(uint64_t offset, size_t count, leveldb::Slice* result,
                       char* scratch) const override {
    const ssize_t read = pread(file_, scratch, count, static_cast<off_t>(offset));
    *result = leveldb::Slice(scratch, read < 0 ? 0 : read);
    return read < 0 ? Failure(name_) : leveldb::Status::OK();
  }

 private:
  const std::string name_;
  const int file_;
};

class Environment : public leveldb::EnvWrapper {
 public:
  Environment() : leveldb::EnvWrapper(leveldb::Env::Default()) {}

  leveldb::Status NewRandomAccessFile(const std::string& name,
                                      leveldb::RandomAccessFile** result) override {
    *result = nullptr;
    const int file = open(name.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) return Failure(name);
    *result = new Table(name, file);
    return leveldb::Status::OK();
  }
};

}  // namespace

extern "C" leveldb_options_t* leveldb_options_create() {
  static Environment* const environment = new Environment;
  using Create = leveldb_options_t* (*)();
  const auto create = reinterpret_cast<Create>(dlsym(RTLD_NEXT, "leveldb_options_create"));
  leveldb_options_t* const result = create();
  // The C API's object is one field, the options themselves.
  reinterpret_cast<leveldb::Options*>(result)->env = environment;
  return result;
}
