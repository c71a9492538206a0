// SPDX-License-Identifier: MIT
#include "pages/range_switch.h"

#include <array>

namespace pastmon::web::pages {
namespace {

struct SwitchRange {
  std::string_view preset;
  std::string_view title;
};
constexpr std::array<SwitchRange, 3> kSwitch = {{{"hour", "Hour"}, {"24h", "Day"}, {"7d", "Week"}}};

}  // namespace

void fill_switch(Model model, const QueryState& query, std::string_view preset, std::string_view path) {
  for (const SwitchRange& range : kSwitch) {
    model.add("SWITCH")
        .set("SWITCH_TITLE", range.title)
        .set("SWITCH_URL", query.with_range(range.preset).url(path))
        .show_if(range.preset == preset, "SWITCH_CURRENT");
  }
}

}  // namespace pastmon::web::pages
