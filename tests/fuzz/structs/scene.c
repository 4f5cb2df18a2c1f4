#include "fuzz/structs/scene.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LARGEST_CLAIM 4096
#define MOST_BYTES ((size_t)32 << 20)
#define FILL 0xa5

static void fail(const char *what, const char *name)
{
    fprintf(stderr, "fuzz_structs: %s: %s\n", name, what);
    abort();
}

struct scene scene_begin(const uint8_t *data, size_t size)
{
    struct scene scene = {.data = data, .size = size, .plain = true};
    return scene;
}

uint8_t scene_byte(struct scene *scene)
{
    if (scene->size == 0)
        return 0;
    scene->size--;
    return *scene->data++;
}

int scene_choose(struct scene *scene, int count)
{
    return scene_byte(scene) % count;
}

static int64_t some_integer(struct scene *scene)
{
    static const int64_t values[] = {0,
                                     1,
                                     -1,
                                     2,
                                     -2,
                                     3,
                                     10,
                                     20,
                                     30,
                                     40,
                                     50,
                                     90,
                                     INT32_MAX,
                                     INT32_MIN,
                                     INT64_MAX,
                                     INT64_MIN,
                                     INT64_C(1) << 20,
                                     (INT64_C(1) << 20) + 1,
                                     INT64_C(1) << 28,
                                     (INT64_C(1) << 28) + 1,
                                     INT64_C(1) << 32,
                                     INT64_C(1) << 62};
    const int count = (int)(sizeof values / sizeof *values);
    const int which = scene_choose(scene, count + 4);
    uint64_t raw = 0;
    if (which < count)
        return values[which];
    for (int i = 0; i < 8; i++)
        raw = raw << 8 | scene_byte(scene);
    return which == count ? (int64_t)raw : (int64_t)(raw % 100);
}

static double some_real(struct scene *scene)
{
    static const double values[] = {0.0,       -0.0,   1.0,   -1.0,   0.5,     0.95,     2.0,
                                    1e-6,      1e-300, 1e300, 5e-324, DBL_MAX, -DBL_MAX, INFINITY,
                                    -INFINITY, NAN,    1e10,  1e-3,   -1e-300};
    const int count = (int)(sizeof values / sizeof *values);
    const int which = scene_choose(scene, count + 1);
    uint64_t raw = 0;
    double value = 0.0;
    if (which < count)
        return values[which];
    for (int i = 0; i < 8; i++)
        raw = raw << 8 | scene_byte(scene);
    memcpy(&value, &raw, sizeof value);
    return value;
}

static void change_field(struct scene *scene, const struct field *field, unsigned char *value)
{
    const void *none = NULL;
    const double real = field->kind == FIELD_REAL ? some_real(scene) : 0.0;
    const int64_t integer = field->kind == FIELD_REAL ? 0 : some_integer(scene);
    const int32_t narrow = (int32_t)(uint32_t)(uint64_t)integer;
    switch (field->kind) {
    case FIELD_POINTER:
    case FIELD_NEEDED:
    case FIELD_NESTED: memcpy(value + field->offset, &none, sizeof none); return;
    case FIELD_OUT: return;
    case FIELD_REAL: memcpy(value + field->offset, &real, sizeof real); return;
    default: break;
    }
    if (field->size == sizeof narrow)
        memcpy(value + field->offset, &narrow, sizeof narrow);
    else
        memcpy(value + field->offset, &integer, field->size);
}

void scene_change(struct scene *scene, const struct kind *kind, void *value)
{
    const int changes = scene_choose(scene, 4);
    for (int i = 0; i < changes && kind->field_count > 0; i++) {
        change_field(scene, &kind->fields[scene_choose(scene, kind->field_count)], value);
        scene->plain = false;
    }
}

static struct block *new_block(struct scene *scene, size_t size, bool output)
{
    if (scene->block_count == MOST_BLOCKS)
        fail("too many blocks", "scene");
    struct block *block = &scene->blocks[scene->block_count++];
    *block = (struct block){.memory = malloc(size > 0 ? size : 1),
                            .before = malloc(size > 0 ? size : 1),
                            .size = size,
                            .output = output};
    if (block->memory == NULL || block->before == NULL)
        fail("no memory", "scene");
    memset(block->memory, FILL, size);
    return block;
}

/* A size that older versions had ends behind a whole field. */
static size_t claim(struct scene *scene, const struct kind *kind, bool *tail)
{
    const int how = scene_byte(scene);
    *tail = false;
    if (how == 0)
        return kind->size;
    scene->plain = false;
    const uint8_t more = scene_byte(scene);
    switch (how % 6) {
    case 0: return more % 8;
    case 1:
        if (kind->field_count > 0)
            return kind->fields[more % kind->field_count].offset;
        return sizeof(size_t) + more % (kind->size - sizeof(size_t) + 1);
    case 2: return kind->size + more;
    case 3: *tail = true; return kind->size + more + 1;
    case 4: return more % 2 == 0 ? SIZE_MAX : ((size_t)1 << 20) + more;
    default: return kind->size;
    }
}

static void put(struct block *block, const void *values, int i, const struct kind *kind)
{
    const size_t step = block->size / (size_t)block->count;
    const size_t known = step < kind->size ? step : kind->size;
    unsigned char *place = block->memory + (size_t)i * step;
    if (!block->output)
        memset(place, 0, step);
    memcpy(place, (const unsigned char *)values + (size_t)i * kind->size, known);
}

void *scene_lay_out(struct scene *scene, const struct kind *kind, const void *values, int count,
                    bool output)
{
    bool tail = false;
    const size_t claimed = claim(scene, kind, &tail);
    const bool usable = claimed >= sizeof(size_t) && claimed <= LARGEST_CLAIM;
    const size_t step = usable ? claimed : sizeof(size_t);
    struct block *block = new_block(scene, step * (size_t)count, output);
    block->kind = kind;
    block->count = count;
    block->claimed = claimed;
    for (int i = 0; i < count; i++) {
        size_t own = claimed;
        put(block, values, i, kind);
        if (i > 0 && scene_byte(scene) == 0xff) {
            own ^= 8;
            scene->plain = false;
        }
        memcpy(block->memory + (size_t)i * step, &own, sizeof own);
    }
    if (tail)
        block->memory[block->size - 1 - scene_byte(scene) % (step - kind->size)] = 1;
    return block->memory;
}

void *scene_result(struct scene *scene, const struct kind *kind)
{
    unsigned char value[LARGEST_CLAIM];
    memset(value, FILL, sizeof value);
    return scene_lay_out(scene, kind, value, 1, true);
}

static struct block *block_at(struct scene *scene, const void *memory)
{
    for (int i = 0; i < scene->block_count; i++)
        if (scene->blocks[i].memory == memory)
            return &scene->blocks[i];
    fail("a struct that was not laid out", "scene");
    return NULL;
}

void *scene_give(struct scene *scene, void *structs)
{
    if (scene_byte(scene) == 0xff) {
        scene->plain = false;
        scene->wrong = true;
        return NULL;
    }
    block_at(scene, structs)->given = true;
    return structs;
}

void *scene_give_or_null(struct scene *scene, void *structs)
{
    if (scene_byte(scene) >= 0x80)
        return NULL;
    block_at(scene, structs)->given = true;
    return structs;
}

void scene_follow(struct scene *scene, const void *report)
{
    const struct block *block = block_at(scene, report);
    dirichlet_check_report seen = {.struct_size = sizeof seen};
    memcpy(&seen, block->memory, block->size < sizeof seen ? block->size : sizeof seen);
    if (block->size < offsetof(dirichlet_check_report, reserved) || seen.findings == NULL)
        return;
    struct block *findings = block_at(scene, seen.findings);
    findings->given = true;
    findings->partly = seen.capacity < findings->count;
}

void *scene_numbers(struct scene *scene, size_t bytes, bool output)
{
    return new_block(scene, bytes, output)->memory;
}

/* Without user nothing is counted. Blocks have their size in front of them, so that one that comes
 * back with another is seen. */
static void *allocate(size_t size, void *user)
{
    struct scene *scene = user;
    if (size > MOST_BYTES - (scene == NULL ? 0 : scene->live_bytes))
        return NULL;
    if (scene == NULL)
        return malloc(size);
    max_align_t *block = malloc(sizeof(max_align_t) + size);
    if (block == NULL)
        return NULL;
    memcpy(block, &size, sizeof size);
    scene->live++;
    scene->live_bytes += size;
    return block + 1;
}

static void release(void *pointer, size_t size, void *user)
{
    struct scene *scene = user;
    if (scene == NULL) {
        free(pointer);
        return;
    }
    max_align_t *block = (max_align_t *)pointer - 1;
    size_t known = 0;
    memcpy(&known, block, sizeof known);
    if (known != size)
        fail("memory is given back with another size", "allocator");
    scene->live--;
    scene->live_bytes -= size;
    free(block);
}

const dirichlet_allocator *scene_allocator(struct scene *scene)
{
    dirichlet_allocator hooks = {
        .struct_size = sizeof hooks, .allocate = allocate, .release = release, .user = scene};
    scene_change(scene, &kind_allocator, &hooks);
    return scene_lay_out(scene, &kind_allocator, &hooks, 1, false);
}

static int32_t run_one_by_one(int64_t tasks, dirichlet_task_fn task, void *argument, void *user)
{
    (void)user;
    for (int64_t i = 0; i < tasks; i++)
        task(i, argument);
    return 0;
}

const dirichlet_parallel *scene_parallel(struct scene *scene)
{
    dirichlet_parallel pool = {
        .struct_size = sizeof pool, .lanes = 2, .parallel_for = run_one_by_one, .user = scene};
    scene_change(scene, &kind_parallel, &pool);
    return scene_lay_out(scene, &kind_parallel, &pool, 1, false);
}

dirichlet_error *scene_error(struct scene *scene)
{
    scene->error = scene_give_or_null(scene, scene_result(scene, &kind_error));
    return scene->error;
}

struct scene *scene_now;

int32_t scene_stop(void)
{
    return ++scene_now->calls >= scene_now->stop_at ? scene_now->stop_code : 0;
}

int32_t scene_progress(const dirichlet_progress *progress, void *user)
{
    if (progress->struct_size != sizeof *progress || progress->samples < 0)
        fail("progress is not as progress.h says", "progress");
    (void)user;
    return scene_stop();
}

static bool number_is_right(const struct field *field, const unsigned char *value)
{
    int64_t integer = 0;
    int32_t narrow = 0;
    double real = 0.0;
    memcpy(&narrow, value + field->offset, sizeof narrow);
    if (field->size == sizeof narrow)
        integer = narrow;
    else
        memcpy(&integer, value + field->offset, sizeof integer);
    if (field->kind == FIELD_SET) {
        const int32_t *constant = field->constants;
        while (*constant != -1 && *constant != narrow)
            constant++;
        return *constant != -1;
    }
    if (field->kind == FIELD_INTEGER)
        return (double)integer >= field->low && (double)integer <= field->high;
    memcpy(&real, value + field->offset, sizeof real);
    return isfinite(real) && real >= field->low && real <= field->high;
}

static bool field_is_right(const struct scene *scene, const struct field *field,
                           const unsigned char *value)
{
    const unsigned char *pointer = NULL;
    switch (field->kind) {
    case FIELD_ANY:
    case FIELD_POINTER:
    case FIELD_OUT: return true;
    case FIELD_NEEDED:
        memcpy(&pointer, value + field->offset, sizeof pointer);
        return pointer != NULL;
    case FIELD_NESTED:
        memcpy(&pointer, value + field->offset, sizeof pointer);
        for (int i = 0; pointer != NULL && i < scene->block_count; i++)
            if (scene->blocks[i].memory == pointer)
                return scene_is_right(scene, &scene->blocks[i]);
        return pointer == NULL;
    default: return number_is_right(field, value);
    }
}

static bool struct_is_right(const struct scene *scene, const struct block *block, int i)
{
    union {
        unsigned char bytes[LARGEST_CLAIM];
        max_align_t aligned;
    } value;
    const struct kind *kind = block->kind;
    const size_t step = block->size / (size_t)block->count;
    const unsigned char *place = block->memory + (size_t)i * step;
    size_t own = 0;
    memcpy(&own, place, sizeof own);
    memset(&value, 0, sizeof value);
    memcpy(value.bytes, place, step < kind->size ? step : kind->size);
    bool right = own == block->claimed;
    for (size_t b = kind->size; b < step; b++)
        right = right && (place[b] == 0 || block->output);
    for (int f = 0; f < kind->field_count; f++)
        right = right && field_is_right(scene, &kind->fields[f], value.bytes);
    return right && (kind->holds_together == NULL || kind->holds_together(value.bytes));
}

bool scene_is_right(const struct scene *scene, const struct block *block)
{
    if (block->claimed < block->kind->least || block->claimed > LARGEST_CLAIM)
        return false;
    bool right = true;
    for (int i = 0; i < block->count; i++)
        right = right && struct_is_right(scene, block, i);
    return right;
}

void scene_known(dirichlet_status status)
{
    if (strcmp(dirichlet_status_string(status), dirichlet_status_string(INT32_MIN)) == 0)
        fail("a status that is none", "call");
}

/* Of a result that was filled in: its size, and what is beyond what both sides know. */
static bool frame_is_untouched(const struct block *block, int i)
{
    const size_t step = block->size / (size_t)block->count;
    const size_t known = step < block->kind->size ? step : block->kind->size;
    const size_t at = (size_t)i * step;
    return memcmp(block->memory + at, block->before + at, sizeof(size_t)) == 0 &&
           memcmp(block->memory + at + known, block->before + at + known, step - known) == 0;
}

static void check_error(const struct scene *scene, const struct block *block,
                        dirichlet_status status)
{
    if (!scene_is_right(scene, block)) {
        if (status != DIRICHLET_E_STRUCT_SIZE ||
            memcmp(block->memory, block->before, block->size) != 0)
            fail("an error of a wrong size is written to", "error");
        return;
    }
    const dirichlet_error *error = (const dirichlet_error *)(const void *)block->memory;
    if (error->status != status || !frame_is_untouched(block, 0) ||
        memchr(error->message, '\0', sizeof error->message) == NULL ||
        (status == DIRICHLET_OK) != (error->message[0] == '\0'))
        fail("it does not say what the call does", "error");
}

static void check_block(const struct scene *scene, const struct block *block,
                        dirichlet_status status)
{
    const char *name = block->kind == NULL ? "numbers" : block->kind->name;
    if (block->kind == &kind_error && block->given) {
        check_error(scene, block, status);
        return;
    }
    const bool written =
        status == DIRICHLET_OK || (status == DIRICHLET_E_CONTRACT && scene->reports);
    if (!block->output || !written || (block->kind != NULL && !block->given)) {
        if (memcmp(block->memory, block->before, block->size) != 0)
            fail(block->output ? "written in spite of an error" : "an input was written to", name);
        return;
    }
    for (int i = 0; block->kind != NULL && i < block->count; i++)
        if (!frame_is_untouched(block, i))
            fail("written beyond what its struct_size says", name);
}

void scene_ready(struct scene *scene)
{
    for (int i = 0; i < scene->block_count; i++)
        memcpy(scene->blocks[i].before, scene->blocks[i].memory, scene->blocks[i].size);
}

void scene_check(struct scene *scene, dirichlet_status status)
{
    bool right = !scene->wrong;
    scene_known(status);
    for (int i = 0; i < scene->block_count; i++) {
        struct block *block = &scene->blocks[i];
        if (block->kind != NULL && block->given && !block->partly &&
            !scene_is_right(scene, block)) {
            right = false;
            if (status == DIRICHLET_OK)
                fail("success with a wrong struct", block->kind->name);
        }
        check_block(scene, block, status);
        block->given = false;
    }
    scene->wrong = false;
    if (status == DIRICHLET_OK && !right)
        fail("success where an argument is NULL that must not be", "call");
    if (status != DIRICHLET_OK && scene->plain)
        fail(scene->error == NULL ? dirichlet_status_string(status) : scene->error->message,
             "an unchanged call fails");
    scene->error = NULL;
}

void scene_end(struct scene *scene)
{
    if (scene->live != 0 || scene->live_bytes != 0)
        fail("memory has not come back", "allocator");
    if (scene->held != 0)
        fail("a model is still held, or was released too often", "model");
    for (int i = 0; i < scene->block_count; i++) {
        free(scene->blocks[i].memory);
        free(scene->blocks[i].before);
    }
}
