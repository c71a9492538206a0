// SPDX-License-Identifier: MIT
// What may stand in a signature file: the table behind docs/signatures.md.
#pragma once

#include "schema.h"

namespace pastmon::config {

const Schema& signature_file_schema();

}  // namespace pastmon::config
