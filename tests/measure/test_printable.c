/* Names in files hold what terminals obey: it reaches none of them. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "files.h"
#include "printable.h"
#include "support/check.h"
#include "tool.h"

/* A control sequence that begins with C1's CSI, DEL, and a mark that turns the writing around. */
#define EVIL                                                                                       \
    "\xc2\x9b"                                                                                     \
    "31m\xc2\x90\x7f\xe2\x80\xae\xc3\xa9"
#define SHOWN                                                                                      \
    "??31m????"                                                                                    \
    "??\xc3\xa9" /* of which the last is a letter */

static void write_one(const char *name, const char *more)
{
    char header[1024];
    const float data[4] = {2.0F, 0.0F, 0.0F, 1.0F};
    snprintf(header, sizeof header,
             "{\"__metadata__\":{\"format\":\"pt\"},"
             "\"%s.weight\":{\"dtype\":\"F32\",\"shape\":[2,2],\"data_offsets\":[0,16]}%s}",
             name, more);
    write_tensors("evil.safetensors", header, data, sizeof data);
}

static int holds_control(const char *text)
{
    for (const char *at = text; *at != '\0'; at++)
        if ((*at < ' ' && *at != '\n' && *at != '\t' && *at >= 0) || *at == '\x7f' ||
            (at[0] == '\xc2' && (unsigned char)at[1] < 0xa0) || strncmp(at, "\xe2\x80\xae", 3) == 0)
            return 1;
    return 0;
}

static void in_reports(void **state)
{
    (void)state;
    static struct outcome outcome;
    const double ones[2] = {1.0, 1.0};
    write_samples("two.npy", 1, 2, ones, 1);
    write_one(EVIL, "");
    tool_run("evil.safetensors two.npy", &outcome);
    CHECK_IN(outcome.code == 0 && strstr(outcome.out, "  " SHOWN) != NULL, "%s%s", outcome.out,
             outcome.error);
    CHECK(!holds_control(outcome.out));
    tool_run("evil.safetensors two.npy --json", &outcome);
    CHECK(outcome.code == 0 && !holds_control(outcome.out));
    cJSON *json = cJSON_Parse(outcome.out);
    const cJSON *layers = cJSON_GetObjectItemCaseSensitive(json, "layers_taken");
    CHECK(strcmp(json_text(cJSON_GetArrayItem(layers, 0), "name"), EVIL) == 0);
    cJSON_Delete(json);
}

static void in_messages(void **state)
{
    (void)state;
    static struct outcome outcome;
    write_one(EVIL, ",\"" EVIL ".bias\":3");
    tool_refuses("evil.safetensors two.npy", "'" SHOWN ".bias'");
    tool_run("evil.safetensors two.npy", &outcome);
    CHECK(!holds_control(outcome.error));
    tool_refuses("\x9b"
                 "31m.safetensors two.npy",
                 "?31m.safetensors: cannot be opened");
    write_one("a", "");
    tool_refuses("evil.safetensors two.npy --layers a\xc2\x85", "'a?"
                                                                "?'");
}

/* What is not UTF-8 is no JSON: what is said of it would not be, either. */
static void not_utf8(void **state)
{
    (void)state;
    static const char *const names[] = {"\x9b",     "\xc0\xaf", "\xed\xa0\x80", "\xf5\x80\x80\x80",
                                        "\xe2\x82", "a\x80"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        write_one(names[i], "");
        tool_refuses("evil.safetensors two.npy", "not UTF-8");
    }
    write_one("\xf0\x9f\x99\x82\xc2\xa0\xdf\xbf\xef\xbf\xbd", "");
    CHECK(fabs(tool_value("evil.safetensors two.npy") - 5.0) <= 1e-12);
}

static void cut_characters(void **state)
{
    (void)state;
    char text[] = "a\xc3\xa9\xe2\x82";
    printable_make(text);
    CHECK(strcmp(text, "a\xc3\xa9??") == 0);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(in_reports),
        cmocka_unit_test(in_messages),
        cmocka_unit_test(not_utf8),
        cmocka_unit_test(cut_characters),
    };
    tool_is(argc, argv);
    return check_report("measure.printable", cmocka_run_group_tests(tests, NULL, NULL));
}
