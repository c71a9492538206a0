// SPDX-License-Identifier: MIT
// Where the time of answered transactions went, as one bar: client, network, server, transfer, loss.
#pragma once

#include "pastmon/metric/aggregate.h"
#include "template_engine.h"

namespace pastmon::web::pages {

/// Adds a VERDICT_BAR section, its parts as shares of a width of 1000, in words too; nothing when no transaction had a
/// round trip to tell the parts apart.
void add_verdict_bar(Model& model, const metric::Aggregate& values);

}  // namespace pastmon::web::pages
