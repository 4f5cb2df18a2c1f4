#include "dirichlet/version.h"

#include <stdint.h>

#include "core/arithmetic/arithmetic.h"

#define TEXT_OF(value) #value
#define VERSION_TEXT(major, minor, patch) TEXT_OF(major) "." TEXT_OF(minor) "." TEXT_OF(patch)

int32_t dirichlet_version(void)
{
    return DIRICHLET_VERSION;
}

const char *dirichlet_version_string(void)
{
    return VERSION_TEXT(DIRICHLET_VERSION_MAJOR, DIRICHLET_VERSION_MINOR, DIRICHLET_VERSION_PATCH);
}
