// SPDX-License-Identifier: MIT
#include "pages/verdict_bar.h"

#include <cmath>
#include <string>

#include "format.h"
#include "pastmon/base/text.h"
#include "verdict_area.h"

namespace pastmon::web::pages {
namespace {

constexpr double kWidth = 1000;

}  // namespace

void add_verdict_bar(Model& model, const metric::Aggregate& values) {
  double total = 0;
  for (const VerdictPart& part : kVerdictParts) total += static_cast<double>(values[part.counter]);
  const std::int64_t transactions = values[metric::Counter::verdict_transactions];
  if (total <= 0 || transactions == 0) return;
  Model bar = model.add("VERDICT_BAR");
  bar.set("VERDICT", metric::to_string(values.verdict())).set("JUDGED", format::count(transactions));
  double x = 0;
  std::string text;
  for (const VerdictPart& part : kVerdictParts) {
    const auto value = static_cast<double>(values[part.counter]);
    if (value <= 0) continue;
    const double width = kWidth * value / total;
    Model out = bar.add("PART");
    out.set("PART_KEY", part.key).set("PART_TITLE", part.title).set("PART_SHARE", format::percent(value, total));
    out.set("PART_X", base::cat(std::round(x * 10) / 10)).set("PART_WIDTH", base::cat(std::round(width * 10) / 10));
    out.set("PART_EACH", format::duration(value / static_cast<double>(transactions)));
    text += base::cat(text.empty() ? "" : ", ", part.title, " ", format::percent(value, total));
    if (part.key == metric::to_string(values.verdict()))
      bar.set("VERDICT_SHARE", base::cat(std::llround(100 * value / total), " %"));
    x += width;
  }
  bar.set("VERDICT_TEXT", text);
}

}  // namespace pastmon::web::pages
