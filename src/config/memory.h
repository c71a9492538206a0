// SPDX-License-Identifier: MIT
// max_memory: the bounds that the file does not give are made smaller until all of them together fit into it.
#pragma once

#include "pastmon/base/result.h"
#include "section.h"

namespace pastmon::config {

/// Shrinks, in the same proportion, what `section` (pastmon.conf) leaves at its default. Error: what is given is more
/// than max_memory already, or leaves too little for the others.
base::Result<void> share_memory(Section& section);

}  // namespace pastmon::config
