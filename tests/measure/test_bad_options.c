/* Wrong command lines: exit 2, one line that names what is wrong. */
#define _POSIX_C_SOURCE 200809L
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "files.h"
#include "reference.h"
#include "support/check.h"
#include "tool.h"

static int make_files(void **state)
{
    (void)state;
    const int64_t widths[] = {4, 5, 3};
    struct network_case network;
    network_make(&network, 2, widths, 1);
    network_write(&network, &pytorch_f64, "w.safetensors");
    double *data = random_values(6 * 4, 2);
    write_samples("x.npy", 6, 4, data, 0);
    free(data);
    network_destroy(&network);
    return 0;
}

static const struct {
    const char *arguments;
    const char *expected;
} lines[] = {
    {"", "missing"},
    {"w.safetensors", "DATA"},
    {"w.safetensors x.npy another", "another"},
    {"w.safetensors x.npy --nonsense", "--nonsense"},
    {"w.safetensors x.npy --nonsense=3", "--nonsense"},
    {"w.safetensors x.npy -q", "-q"},
    {"w.safetensors x.npy --a-very-long-option-that-nobody-has-ever-heard-of 3", "--a-very-long"},
    {"w.safetensors x.npy --json=yes", "--json"},
    {"w.safetensors x.npy --activation", "--activation"},
    {"w.safetensors x.npy --activation RELU", "--activation"},
    {"w.safetensors x.npy --activation=", "--activation"},
    {"w.safetensors x.npy --output-activation softmax", "softmax"},
    {"w.safetensors x.npy --activation elu --activation-parameter nan", "--activation-parameter"},
    {"w.safetensors x.npy --activation-parameter 0.1", "neither relu nor identity"},
    {"w.safetensors x.npy --output-activation tanh --activation-parameter 0.1", "nor tanh"},
    {"w.safetensors x.npy --activation relu:0.1", "too many parts"},
    {"w.safetensors x.npy --activation leaky_relu:0 --activation-parameter 1", "leaky_relu:0"},
    {"w.safetensors x.npy --activation leaky_relu:0.1:2", "too many parts"},
    {"w.safetensors x.npy --activation leaky_relu:", "not a number"},
    {"w.safetensors x.npy --activation leaky_relu:0.1x", "not a number"},
    {"w.safetensors x.npy --activation prelu", "prelu without a number"},
    {"w.safetensors x.npy --activation clamp:1", "lacks a number"},
    {"w.safetensors x.npy --output-activation prelu:nan", "--output-activation"},
    {"w.safetensors x.npy --activation tanh:s=0", "a scale is 0"},
    {"w.safetensors x.npy --activation tanh:c=", "not a number"},
    {"w.safetensors x.npy --activation relu:kink=left", "too many parts"},
    {"w.safetensors x.npy --activation elu:2 --activation-parameter 1", "elu:2"},
    {"w.safetensors x.npy --std 0", "--std: value 0 is 0"},
    {"w.safetensors x.npy --std -1", "--std: value 0 is -1"},
    {"w.safetensors x.npy --std nan", "not a finite number"},
    {"w.safetensors x.npy --mean inf", "not a finite number"},
    {"w.safetensors x.npy --mean 0.5,0.5", "0.5,0.5: cannot be opened"},
    {"w.safetensors x.npy --mean x.npy", "holds 24 numbers, not 1 or one for each of 4"},
    {"w.safetensors x.npy --mean 0 --std x.npy", "holds 24 numbers"},
    {"w.safetensors x.npy --layers fc1,", "--layers: ''"},
    {"w.safetensors x.npy --prefix nothing", "of the prefix 'nothing'"},
    {"w.safetensors x.npy --method finite_difference", "--method"},
    {"w.safetensors x.npy --method hutch", "hutch"},
    {"w.safetensors x.npy --precision f16", "--precision"},
    {"w.safetensors x.npy --precision double", "double"},
    {"w.safetensors x.npy --probes 0", "--probes"},
    {"w.safetensors x.npy --probes -1", "--probes"},
    {"w.safetensors x.npy --probes every", "--probes"},
    {"w.safetensors x.npy --probes 2.5", "--probes"},
    {"w.safetensors x.npy --probes 3x", "--probes"},
    {"w.safetensors x.npy --probes", "--probes"},
    {"w.safetensors x.npy --probes=", "--probes"},
    {"w.safetensors x.npy --probes 9223372036854775808", "--probes"},
    {"w.safetensors x.npy --method orthogonal --probes 4", "probes"},
    {"w.safetensors x.npy --method unit --probes 4", "probes"},
    {"w.safetensors x.npy --method hutchpp --probes 2", "probes"},
    {"w.safetensors x.npy --method sphere --probes 9223372036854775807", "probes"},
    {"w.safetensors x.npy --seed -1", "--seed"},
    {"w.safetensors x.npy --seed 18446744073709551616", "--seed"},
    {"w.safetensors x.npy --seed x", "--seed"},
    {"w.safetensors x.npy --tolerance 0", "--tolerance"},
    {"w.safetensors x.npy --tolerance -0.1", "--tolerance"},
    {"w.safetensors x.npy --tolerance nan", "--tolerance"},
    {"w.safetensors x.npy --tolerance inf", "--tolerance"},
    {"w.safetensors x.npy --tolerance 0,1", "--tolerance"},
    {"w.safetensors x.npy --tolerance=", "--tolerance"},
    {"w.safetensors x.npy --confidence 1", "--confidence"},
    {"w.safetensors x.npy --confidence 0", "--confidence"},
    {"w.safetensors x.npy --confidence 95", "--confidence"},
    {"w.safetensors x.npy --limit 0", "--limit"},
    {"w.safetensors x.npy --limit 1e3", "--limit"},
    {"w.safetensors x.npy --layer 0", "--layer"},
    {"w.safetensors x.npy --layer 3", "--layer"},
    {"w.safetensors x.npy --workspace 0", "--workspace"},
    {"w.safetensors x.npy --workspace 10", "workspace"},
    {"w.safetensors x.npy --workspace 64M", "--workspace"},
    {"w.safetensors x.npy --population 5", "population"},
    {"w.safetensors x.npy --energies", "--energies"},
    {"w.safetensors x.npy --energies=", "--energies"},
    {"w.safetensors x.npy --energies no/such/folder/e.npy", "no/such/folder/e.npy"},
    {"w.safetensors x.npy --gradient", "--gradient"},
    {"w.safetensors x.npy --gradient=", "--gradient"},
    {"w.safetensors x.npy --gradient no/such/folder/g", "no/such/folder/g: cannot be written"},
    {"w.safetensors x.npy --gradient .", ".: cannot be written"},
    {"w.safetensors x.npy --gradient g --method rademacher", "--method rademacher"},
    {"w.safetensors x.npy --gradient g --method finite-difference", "finite-difference"},
    {"w.safetensors x.npy --gradient g --probes 2", "--probes"},
    {"w.safetensors x.npy --gradient g --probes all", "--probes"},
    {"w.safetensors x.npy --gradient g --method exact --probes 2", "--probes"},
    {"w.safetensors x.npy --gradient g --energies ./g", "--gradient: g is the same file as ./g"},
    {"w.safetensors x.npy --spectral=1", "--spectral"},
    {"w.safetensors x.npy --spectral --workspace 10", "--workspace"},
    {"w.safetensors missing.npy", "missing.npy"},
    {"missing.safetensors x.npy", "missing.safetensors"},
    {"w.safetensors .", "."},
    {". x.npy", "."},
    {"x.npy w.safetensors", "x.npy"},
};

static void command_lines(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
        tool_refuses(lines[i].arguments, lines[i].expected);
}

/* The input is as before when output was to overwrite it, under whatever name. */
static void output_over_input(const char *option)
{
    static const char *const files[] = {"w.safetensors", "x.npy"};
    static const char *const spellings[] = {"", "./", "link-to-"};
    for (int i = 0; i < 2; i++) {
        static unsigned char before[4096];
        static unsigned char after[4096];
        char name[64];
        char line[160];
        const size_t size = read_bytes(files[i], before, sizeof before);
        snprintf(name, sizeof name, "link-to-%s", files[i]);
        remove(name);
        CHECK(link(files[i], name) == 0);
        for (int s = 0; s < 3; s++) {
            snprintf(line, sizeof line, "w.safetensors x.npy %s %s%s", option, spellings[s],
                     files[i]);
            tool_refuses(line, option);
            CHECK(read_bytes(files[i], after, sizeof after) == size);
            CHECK(memcmp(before, after, size) == 0);
        }
    }
}

static void energies_over_input(void **state)
{
    (void)state;
    output_over_input("--energies");
}

static void gradient_over_input(void **state)
{
    (void)state;
    output_over_input("--gradient");
}

/* What cannot be written is found before the measuring, and leaves nothing behind. */
static void energies_not_left(void **state)
{
    (void)state;
    remove("e.npy");
    tool_refuses("w.safetensors x.npy --energies e.npy --method unit --probes 4", "probes");
    CHECK(fopen("e.npy", "rb") == NULL);
    tool_refuses("w.safetensors x.npy --energies .", ".: cannot be written");
}

/* A link to a file that is not there stays what it is. */
static void output_to_broken_link(void **state)
{
    (void)state;
    char target[16] = "";
    remove("broken");
    CHECK(symlink("nowhere", "broken") == 0);
    tool_refuses("w.safetensors x.npy --gradient broken", "broken: cannot be written");
    tool_refuses("w.safetensors x.npy --energies broken", "broken: cannot be written");
    CHECK(readlink("broken", target, sizeof target) == 7 && memcmp(target, "nowhere", 7) == 0);
    CHECK(fopen("nowhere", "rb") == NULL);
}

/* Each is said in one line, and what was read before is given back once. */
static void bad_normalization(void **state)
{
    (void)state;
    const double values[4] = {0.0, 1.0, 0.0, 1.0};
    write_samples("pair.npy", 1, 2, values, 1);
    tool_refuses("w.safetensors x.npy --mean nan", "--mean");
    tool_refuses("w.safetensors x.npy --mean 0 --std 0", "--std: value 0 is 0");
    tool_refuses("w.safetensors x.npy --std -1", "above 0");
    tool_refuses("w.safetensors x.npy --mean pair.npy", "holds 2 numbers");
    tool_refuses("w.safetensors x.npy --std none.npy", "none.npy");
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(command_lines),         cmocka_unit_test(energies_over_input),
        cmocka_unit_test(gradient_over_input),   cmocka_unit_test(energies_not_left),
        cmocka_unit_test(output_to_broken_link), cmocka_unit_test(bad_normalization)};
    tool_is(argc, argv);
    return check_report("measure.bad_options", cmocka_run_group_tests(tests, make_files, NULL));
}
