/* Tables of callbacks as they are read, in both precisions. */
#include <string.h>

#include "model/model.h"
#include "support/check.h"
#include "support/conditional_model.h"
#include "support/sine_model.h"

/* Every combination of callbacks. */
static void offers(void **state)
{
    (void)state;
    for (int32_t callbacks = 0; callbacks <= SINE_ALL; callbacks++) {
        struct sine sine = sine_make(5, 3);
        struct message message = {0};
        struct model_offer offers[2];
        memset(offers, 0, sizeof offers);
        const dirichlet_model_f64 wide = sine_model_f64(&sine, callbacks);
        const dirichlet_model_f32 narrow = sine_model_f32(&sine, callbacks);
        dirichlet_model_f64 wide_copy;
        dirichlet_model_f32 narrow_copy;
        CHECK(model_read_f64(&wide, &wide_copy, &offers[0], &message) == DIRICHLET_OK);
        CHECK(model_read_f32(&narrow, &narrow_copy, &offers[1], &message) == DIRICHLET_OK);
        CHECK(memcmp(&wide, &wide_copy, sizeof wide) == 0);
        CHECK(memcmp(&narrow, &narrow_copy, sizeof narrow) == 0);
        for (int i = 0; i < 2; i++) {
            CHECK(offers[i].inputs == 5 && offers[i].outputs == 3);
            CHECK(offers[i].max_samples == INT64_MAX && offers[i].max_directions == INT64_MAX);
            CHECK(offers[i].forward == ((callbacks & SINE_FORWARD) != 0));
            CHECK(offers[i].jvp == ((callbacks & SINE_JVP) != 0));
            CHECK(offers[i].vjp == ((callbacks & SINE_VJP) != 0));
            CHECK(offers[i].energies == ((callbacks & SINE_ENERGIES) != 0));
            CHECK(offers[i].product_norms == ((callbacks & SINE_NORMS) != 0));
        }
    }
}

static void limits(void **state)
{
    (void)state;
    struct sine sine = sine_make(2, 2);
    struct model_offer offer;
    dirichlet_model_f64 copy;
    sine.max_samples = 7;
    sine.max_directions = 9;
    const dirichlet_model_f64 model = sine_model_f64(&sine, SINE_ALL);
    CHECK(model_read_f64(&model, &copy, &offer, NULL) == DIRICHLET_OK);
    CHECK(offer.max_samples == 7 && offer.max_directions == 9);
}

static void wrong_numbers(void **state)
{
    (void)state;
    const struct {
        const char *name;
        size_t offset;
        int64_t least;
    } fields[] = {{"model.inputs", offsetof(dirichlet_model_f64, inputs), 1},
                  {"model.outputs", offsetof(dirichlet_model_f64, outputs), 1},
                  {"model.max_samples", offsetof(dirichlet_model_f64, max_samples), 0},
                  {"model.max_directions", offsetof(dirichlet_model_f64, max_directions), 0}};
    const int64_t values[] = {INT64_MIN, -1, 0};
    struct sine sine = sine_make(2, 2);
    for (size_t f = 0; f < sizeof fields / sizeof *fields; f++)
        for (size_t v = 0; v < sizeof values / sizeof *values; v++) {
            struct message message = {0};
            struct model_offer offer;
            dirichlet_model_f64 wide_copy;
            dirichlet_model_f32 narrow_copy;
            dirichlet_model_f64 wide = sine_model_f64(&sine, SINE_ALL);
            dirichlet_model_f32 narrow = sine_model_f32(&sine, SINE_ALL);
            memcpy((char *)&wide + fields[f].offset, &values[v], sizeof values[v]);
            memcpy((char *)&narrow + fields[f].offset, &values[v], sizeof values[v]);
            const dirichlet_status wanted =
                values[v] < fields[f].least ? DIRICHLET_E_RANGE : DIRICHLET_OK;
            CHECK(model_read_f64(&wide, &wide_copy, &offer, &message) == wanted);
            CHECK(wanted == DIRICHLET_OK || strstr(message.text, fields[f].name) != NULL);
            memset(&message, 0, sizeof message);
            CHECK(model_read_f32(&narrow, &narrow_copy, &offer, &message) == wanted);
            CHECK(wanted == DIRICHLET_OK || strstr(message.text, fields[f].name) != NULL);
        }
}

/* Flags are 0 or 1, and there is no half an owner. */
static void wrong_flags(void **state)
{
    (void)state;
    static const size_t places[] = {offsetof(dirichlet_model_f64, ignores_first),
                                    offsetof(dirichlet_model_f64, concurrent)};
    static const char *const names[] = {"model.ignores_first", "model.concurrent"};
    static const int32_t values[] = {INT32_MIN, -1, 0, 1, 2, INT32_MAX};
    struct conditional c = conditional_make(2, 2);
    struct message message = {0};
    struct model_offer offer;
    dirichlet_model_f64 copy;
    for (int f = 0; f < 2; f++)
        for (int v = 0; v < 6; v++) {
            dirichlet_model_f64 model = conditional_model_f64(&c, SINE_ALL);
            const bool right = values[v] == 0 || values[v] == 1;
            memcpy((char *)&model + places[f], &values[v], sizeof values[v]);
            CHECK(model_read_f64(&model, &copy, &offer, &message) ==
                  (right ? DIRICHLET_OK : DIRICHLET_E_RANGE));
            CHECK(right || strstr(message.text, names[f]) != NULL);
            CHECK(!right || offer.ignores_first == (f == 0 && values[v] == 1));
        }
    for (int missing = 0; missing < 4; missing++) {
        dirichlet_model_f64 model = conditional_model_f64(
            &c, SINE_ALL | CONDITIONAL_OWNERS | CONDITIONAL_PREPARE | CONDITIONAL_PARAMETERS);
        model.retain = (missing & 1) != 0 ? NULL : model.retain;
        model.release = (missing & 2) != 0 ? NULL : model.release;
        const bool half = missing == 1 || missing == 2;
        CHECK(model_read_f64(&model, &copy, &offer, &message) ==
              (half ? DIRICHLET_E_NULL : DIRICHLET_OK));
        CHECK(!half || strstr(message.text, missing == 1 ? "retain" : "release") != NULL);
        CHECK(half || (offer.prepare && offer.parameter_vjp));
    }
    CHECK(c.retained == 0 && c.released == 0);
}

static void wrong_structs(void **state)
{
    (void)state;
    struct message message = {0};
    struct model_offer offer;
    dirichlet_model_f64 copy;
    struct sine sine = sine_make(2, 2);
    CHECK(model_read_f64(NULL, &copy, &offer, &message) == DIRICHLET_E_NULL);
    CHECK(strstr(message.text, "model") != NULL);
    dirichlet_model_f64 model = sine_model_f64(&sine, SINE_ALL);
    model.struct_size = 0;
    CHECK(model_read_f64(&model, &copy, &offer, &message) == DIRICHLET_E_STRUCT_SIZE);
    CHECK(strstr(message.text, "model.struct_size") != NULL);
    /* A caller from before product_norms. */
    model.struct_size = offsetof(dirichlet_model_f64, product_norms);
    CHECK(model_read_f64(&model, &copy, &offer, &message) == DIRICHLET_OK);
    CHECK(offer.energies && !offer.product_norms && copy.user == NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(offers), cmocka_unit_test(limits), cmocka_unit_test(wrong_numbers),
        cmocka_unit_test(wrong_flags), cmocka_unit_test(wrong_structs)};
    return check_report("unit.model", cmocka_run_group_tests(tests, NULL, NULL));
}
