/* Without libFuzzer: every file of the corpus, every truncation of it, and every byte of it
 * changed in several ways. replay FILE ... prints how many inputs it tried. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "file.h"
#include "harness.h"

static long tried;

/* The fuzzers promise memory of the exact size: so that a sanitizer sees a byte too many. */
static void try_bytes(const unsigned char *bytes, size_t size)
{
    unsigned char *copy = malloc(size > 0 ? size : 1);
    if (copy == NULL)
        abort();
    memcpy(copy, bytes, size);
    LLVMFuzzerTestOneInput(copy, size);
    free(copy);
    tried++;
}

static void try_changes(struct bytes *file)
{
    static const unsigned char changes[] = {0x01, 0x80, 0xff, 0x20, 0x03};
    for (size_t i = 0; i < file->size; i++)
        for (size_t c = 0; c < sizeof changes; c++) {
            file->data[i] ^= changes[c];
            try_bytes(file->data, file->size);
            file->data[i] ^= changes[c];
        }
}

int main(int argc, char **argv)
{
    struct problem problem;
    if (argc < 2) {
        fprintf(stderr, "usage: replay FILE ...\n");
        return 2;
    }
    for (int i = 1; i < argc; i++) {
        struct bytes file;
        if (file_read(argv[i], (size_t)1 << 20, NULL, &file, &problem) != 0) {
            fprintf(stderr, "replay: %s\n", problem.text);
            return 2;
        }
        for (size_t size = 0; size <= file.size; size++)
            try_bytes(file.data, size);
        try_changes(&file);
        bytes_free(&file);
    }
    printf("%ld inputs\n", tried);
    return 0;
}
