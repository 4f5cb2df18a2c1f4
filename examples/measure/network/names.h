/* Names of tensors, as many libraries spell them. */
#ifndef EXAMPLES_MEASURE_NAMES_H
#define EXAMPLES_MEASURE_NAMES_H

#include <stddef.h>

/* A name as its parts with dots between them: "params/Dense_0/kernel", "['params']['Dense_0']
 * ['kernel'].value" and "Dense_0/kernel:0" are all "Dense_0.kernel". Dropped are the trees of Flax
 * (params, batch_stats) at the start, Haiku's ~, a counter :0 at the end, and .value behind a
 * part. From malloc; NULL if there is no memory. */
char *name_canonical(const char *name);

/* Behind the part of a name as the file has it that ends the module's path: `part` is that part,
 * `behind` how many parts of the canonical name are behind it. */
const char *name_module_end(const char *name, const char *part, size_t length, int behind);

/* Order in which numbers inside names count as numbers: fc2 before fc10. */
int natural_order(const char *a, const char *b);

/* -1 or 1 where numbers alone say which of two canonical paths comes first (fc1 and fc2, blocks.0.a
 * and blocks.1.b, dense and dense_1); 0 where they do not (encoder and decoder). */
int name_order(const char *a, const char *b);

/* The last part of a canonical path, and the number at its end; -1: none. */
const char *name_last(const char *path);
long name_number(const char *path);

/* Whether the last part is a number and nothing else. */
int name_is_number(const char *path);

/* Whether two canonical paths differ in their last parts alone. */
int name_are_siblings(const char *a, const char *b);

/* Whether `word`, in small letters, is one of the parts of a path, or a beginning of one where
 * `starts` is set. */
int name_has_part(const char *path, const char *word, int starts);

/* The first of `words` (NULL behind the last one) that stands among those of a text, whose case
 * does not count: res and block of ResBlock_1; NULL: none. */
const char *name_word(const char *text, size_t length, const char *const *words);

/* Where two paths differ: the first parts that are not the same, and the part before them. */
struct fork {
    const char *a;
    const char *b;
    size_t length_a;
    size_t length_b;
    const char *before;
    size_t length_before;
};

/* Of canonical paths, in which it points. Where one goes on behind the other's end, the last parts
 * of the shorter, which are the same. */
struct fork name_fork(const char *a, const char *b);

#endif
