/* The options of spectral.h. */
#ifndef DIRICHLET_CORE_SPECTRAL_OPTIONS_H
#define DIRICHLET_CORE_SPECTRAL_OPTIONS_H

#include "core/lent/listener.h"
#include "core/interface/message.h"
#include "core/matrix/operator_norm.h"
#include "dirichlet/spectral.h"
#include "dirichlet/status.h"

/* Checked, with the defaults filled in; given NULL: these alone. The listener, unless NULL, is who
 * is to be told. */
dirichlet_status spectral_options_read(const dirichlet_spectral_options *given,
                                       struct operator_norm_limits *out, struct listener *listener,
                                       struct message *message);

#endif
