/* Runs a fuzz target once for each file named on the command line, and for each file in a folder
 * named there, so that the inputs that were ever interesting are tested without a fuzzer. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static void fail(const char *what, const char *path)
{
    fprintf(stderr, "%s: %s\n", what, path);
    exit(1);
}

static void replay_file(const char *path, size_t bytes)
{
    /* Exactly as large as the input, so that a sanitizer sees each byte read beyond its end. */
    uint8_t *data = malloc(bytes == 0 ? 1 : bytes);
    FILE *file = fopen(path, "rb");
    if (data == NULL || file == NULL || fread(data, 1, bytes, file) != bytes)
        fail("cannot read", path);
    fclose(file);
    if (LLVMFuzzerTestOneInput(data, bytes) != 0)
        fail("not accepted by the target", path);
    free(data);
}

static size_t replay(const char *path);

static size_t replay_folder(const char *folder)
{
    DIR *entries = opendir(folder);
    if (entries == NULL)
        fail("cannot list", folder);
    size_t count = 0;
    const struct dirent *entry;
    while ((entry = readdir(entries)) != NULL) {
        char path[4096];
        if (entry->d_name[0] == '.')
            continue;
        const int length = snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (length < 0 || (size_t)length >= sizeof path)
            fail("path too long in", folder);
        count += replay(path);
    }
    closedir(entries);
    return count;
}

static size_t replay(const char *path)
{
    struct stat status;
    if (stat(path, &status) != 0)
        fail("cannot find", path);
    if (S_ISDIR(status.st_mode))
        return replay_folder(path);
    replay_file(path, (size_t)status.st_size);
    return 1;
}

int main(int argc, char **argv)
{
    size_t count = 0;
    for (int i = 1; i < argc; i++)
        count += replay(argv[i]);
    if (count == 0)
        fail("no input in", argc > 1 ? argv[1] : "no argument");
    printf("%zu inputs replayed\n", count);
    return 0;
}
