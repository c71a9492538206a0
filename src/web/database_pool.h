// SPDX-License-Identifier: MIT
// The two databases of the web server: the figures, which it only reads, and what it keeps itself.
#pragma once

#include "pastmon/store/store.h"
#include "pastmon/store/web_state.h"
#include "pool.h"

namespace pastmon::web {

using DatabasePool = Pool<store::Database>;
using StatePool = Pool<store::WebState>;

}  // namespace pastmon::web
