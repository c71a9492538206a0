// SPDX-License-Identifier: MIT
// The schemas of pastmon.conf and pastmon-web.conf: the one place that names every key, its range, its default and
// what it means. The shipped files in etc/ show each of them; a test compares.
#pragma once

#include "schema.h"

namespace pastmon::config {

const Schema& daemon_schema();
const Schema& web_schema();

}  // namespace pastmon::config
