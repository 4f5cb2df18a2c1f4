/* Any bytes as the index of several files of weights, none of which is there: refused in one line.
 */
#include <stdlib.h>
#include <string.h>

#include "harness.h"
#include "shards.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct problem problem = {.text = ""};
    struct safetensors file;
    if (shards_parse("no-such-folder/index.json", data, size, &file, &problem) == 0 ||
        problem.text[0] == '\0' || strchr(problem.text, '\n') != NULL)
        abort();
    return 0;
}
