// The anchor for `add`: what LevelDB alone costs for the same values, keys, batches and sync.
// usage: leveldb-loop FOLDER FILE VALUE_BYTES
// Writes FILE in values of VALUE_BYTES under rising 8-byte keys, in synced batches of 8 MiB, with the
// settings of Holdfast's blocks/, and prints what that took as one line of JSON.
#include <leveldb/c.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

static void check(char *error) {
    if (error == NULL) return;
    fprintf(stderr, "%s\n", error);
    exit(1);
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + time.tv_nsec / 1e9;
}

static double cpu(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_utime.tv_sec + usage.ru_stime.tv_sec
        + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

int main(int count, char **arguments) {
    if (count != 4) return 2;
    size_t value_bytes = strtoul(arguments[3], NULL, 10);
    FILE *file = fopen(arguments[2], "rb");
    if (file == NULL) return 1;
    char *error = NULL, *value = malloc(value_bytes);
    leveldb_options_t *options = leveldb_options_create();
    leveldb_options_set_create_if_missing(options, 1);
    leveldb_options_set_compression(options, leveldb_no_compression);
    leveldb_options_set_write_buffer_size(options, 32 << 20);
    leveldb_options_set_max_file_size(options, 32 << 20);
    leveldb_t *database = leveldb_open(options, arguments[1], &error);
    check(error);
    leveldb_writeoptions_t *synced = leveldb_writeoptions_create();
    leveldb_writeoptions_set_sync(synced, 1);
    leveldb_writebatch_t *batch = leveldb_writebatch_create();

    double started = now();
    uint64_t sequence = 0, bytes = 0;
    size_t length, batch_bytes = 0;
    while ((length = fread(value, 1, value_bytes, file)) > 0) {
        unsigned char key[8];
        sequence++;
        for (int i = 0; i < 8; i++) key[i] = sequence >> (56 - 8 * i);
        leveldb_writebatch_put(batch, (char *)key, 8, value, length);
        bytes += length;
        batch_bytes += length;
        if (batch_bytes < 8 << 20) continue;
        leveldb_write(database, synced, batch, &error);
        check(error);
        leveldb_writebatch_clear(batch);
        batch_bytes = 0;
    }
    leveldb_write(database, synced, batch, &error);
    check(error);
    double seconds = now() - started;
    leveldb_close(database);
    printf("{\"seconds\":%.4f,\"cpuSeconds\":%.4f,\"bytes\":%llu}\n", seconds, cpu(),
        (unsigned long long)bytes);
    return 0;
}
