/* A call whose structs are made from bytes: what was given, what may come of it, and what did.
 *
 * A case fills in a sound struct, lets the bytes change it (scene_change), keeps what it would take
 * hours over in bounds, and lays it out (scene_lay_out) in memory of exactly the size that its
 * struct_size, which the bytes choose too, says. scene_end then checks:
 *
 *   the status is one of ours, and the error says the same
 *   OK only where every struct that was looked at is as the headers ask
 *   OK if nothing was changed
 *   what was given is as it was, whatever came of it
 *   nothing is written on an error; and never beyond what a result's struct_size, or ours, says
 *   all memory has come back */
#ifndef DIRICHLET_FUZZ_STRUCTS_SCENE_H
#define DIRICHLET_FUZZ_STRUCTS_SCENE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dirichlet/dirichlet.h"
#include "fuzz/structs/kind.h"

#define MOST_BLOCKS 48

/* Memory of exactly its size, structs of a kind or plain numbers. */
struct block {
    const struct kind *kind; /* NULL: numbers */
    unsigned char *memory;
    unsigned char *before;
    size_t size;
    size_t claimed; /* struct_size of the first */
    int count;      /* of structs */
    bool output;
    bool given;  /* an argument of the call */
    bool partly; /* some of the structs may not be looked at */
};

struct scene {
    const uint8_t *data; /* what is left of the bytes; behind them are zeros */
    size_t size;
    struct block blocks[MOST_BLOCKS];
    int block_count;
    bool plain;        /* nothing was changed: the call must succeed */
    bool wrong;        /* a case knows more: the call must fail */
    int32_t stop_code; /* what callbacks return, */
    int64_t stop_at;   /* from this call on */
    int64_t calls;
    int64_t held; /* models retained and not released */
    int64_t live; /* of the allocator */
    size_t live_bytes;
    bool reports;           /* CONTRACT is an answer: outputs are written as by success */
    dirichlet_error *error; /* of the call, or NULL */
};

struct scene scene_begin(const uint8_t *data, size_t size);

uint8_t scene_byte(struct scene *scene);
/* 0 to count - 1. */
int scene_choose(struct scene *scene, int count);

/* Change some fields of a struct. */
void scene_change(struct scene *scene, const struct kind *kind, void *value);

/* The structs, `count` of them one behind the other, as an argument's memory. struct_size is chosen
 * here. Outputs may be written to by a call that succeeds. */
void *scene_lay_out(struct scene *scene, const struct kind *kind, const void *values, int count,
                    bool output);

/* A result to be filled in, full of what is not zero. */
void *scene_result(struct scene *scene, const struct kind *kind);

/* The argument itself, whose struct is looked at by the call; or NULL where that is fine. */
void *scene_give(struct scene *scene, void *structs);
void *scene_give_or_null(struct scene *scene, void *structs);

/* The findings that a report, as it was laid out, points to, if it does, are an argument too. */
void scene_follow(struct scene *scene, const void *report);

/* Memory for numbers: an input is filled by the caller before the call. */
void *scene_numbers(struct scene *scene, size_t bytes, bool output);

/* An allocator that gives at most 32 MiB, and a pool of one thread; laid out, or NULL. */
const dirichlet_allocator *scene_allocator(struct scene *scene);
const dirichlet_parallel *scene_parallel(struct scene *scene);
dirichlet_error *scene_error(struct scene *scene);

/* Which callbacks belong to, since a table may have lost its `user`. */
extern struct scene *scene_now;

/* Callbacks begin with this, and return it if it is not 0. */
int32_t scene_stop(void);

/* The one progress callback. */
int32_t scene_progress(const dirichlet_progress *progress, void *user);

/* Right, as it lies there? */
bool scene_is_right(const struct scene *scene, const struct block *block);

/* Before a call, when all is filled in; and after it. More calls may follow with other arguments.
 */
void scene_ready(struct scene *scene);
void scene_check(struct scene *scene, dirichlet_status status);
void scene_known(dirichlet_status status);
void scene_end(struct scene *scene);

#endif
