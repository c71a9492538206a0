// SPDX-License-Identifier: MIT
#include "graph_svg.h"

#include <algorithm>
#include <cmath>

#include "format.h"
#include "pastmon/base/text.h"
#include "time_ticks.h"
#include "value_axis.h"

namespace pastmon::web {
namespace {

constexpr std::string_view kSvgFile = "graph_svg.svg";
// About as wide as the fonts are that readers have; a drawing cannot measure them.
constexpr double kLetter = 6.9, kBareLetter = 6.1, kTitleLetter = 9.5, kBareTitleLetter = 8.3;
constexpr double kPad = 14, kBarePad = 8;
constexpr double kRow = 18;

std::string tenths(double value) { return base::cat(std::round(value * 10) / 10); }

std::size_t letters(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

/// The first `count` letters, the last of them "…" when there are more.
std::string shortened(std::string_view text, double count) {
  if (static_cast<double>(letters(text)) <= count) return std::string(text);
  std::size_t at = 0;
  for (double left = std::max(count - 1, 0.0); at < text.size(); ++at) {
    if ((static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U) continue;
    if (left < 1) break;
    left -= 1;
  }
  return base::cat(text.substr(0, at), "…");
}

/// Text that XML takes: without U+FFFE and U+FFFF, which it does not have.
std::string drawing_text(std::string_view text) {
  std::string result = format::wire_text(text);
  for (const std::string_view none : {"\xef\xbf\xbe", "\xef\xbf\xbf"}) {
    for (std::size_t at = 0; (at = result.find(none, at)) != std::string::npos;) result.erase(at, none.size());
  }
  return result;
}

struct Sheet {
  double width, height, pad, letter, title_letter;
  bool bare;
};

Sheet sheet_of(int width, int height, bool bare) {
  width = std::clamp(width, Drawing::kMinWidth, Drawing::kMaxWidth);
  height = std::clamp(height, Drawing::kMinHeight, Drawing::kMaxHeight);
  bare = bare || width < 300 || height < 170;
  return {static_cast<double>(width),
          static_cast<double>(height),
          bare ? kBarePad : kPad,
          bare ? kBareLetter : kLetter,
          bare ? kBareTitleLetter : kTitleLetter,
          bare};
}

void begin(Model& svg, const Sheet& sheet, std::string_view title) {
  const std::string text = drawing_text(title);
  svg.set("WIDTH", tenths(sheet.width)).set("HEIGHT", tenths(sheet.height)).set("PAD", tenths(sheet.pad));
  svg.set("TITLE_FULL", text).set("TITLE_Y", sheet.bare ? "16" : "25");
  svg.set("TITLE", shortened(text, (sheet.width - 2 * sheet.pad) / sheet.title_letter));
  svg.show_if(sheet.bare, "BARE");
}

void add_text(Model& svg, std::string_view css_class, double x, double y, const std::string& text) {
  svg.add("TEXT_LINE").set("TEXT_CLASS", css_class).set("TEXT_X", tenths(x)).set("TEXT_Y", tenths(y)).set("TEXT", text);
}

std::string legend_title(const DrawnLine& line) {
  return drawing_text(line.figure.empty() ? line.title : base::cat(line.title, " ", line.figure));
}

/// Returns the lowest y that it uses.
double add_legend(Model& svg, const Sheet& sheet, const Drawing& drawing, double y) {
  double x = sheet.pad;
  for (const DrawnLine& line : drawing.lines) {
    const std::string title = legend_title(line);
    const double width = 24 + static_cast<double>(letters(title)) * sheet.letter + 16;
    if (x > sheet.pad && x + width > sheet.width - sheet.pad) {
      x = sheet.pad;
      y += kRow;
    }
    Model entry = svg.add("LEGEND");
    entry.set("LINE_KEY", line.key).set("LEGEND_TITLE", title).show_if(line.dashed, "DASHED");
    entry.set("KEY_X", tenths(x)).set("KEY_Y", tenths(y - 4));
    entry.set("LEGEND_X", tenths(x + 24)).set("LEGEND_Y", tenths(y));
    x += width;
  }
  return y;
}

double highest(const Drawing& drawing, bool right) {
  double most = 0;
  for (const DrawnLine& line : drawing.lines) {
    if (line.right != right) continue;
    for (const DrawnPoint& point : line.points) most = std::max(most, point.value);
  }
  return most;
}

double widest(const ValueAxis& axis, double letter) {
  std::size_t most = 0;
  for (const ValueTick& tick : axis.ticks) most = std::max(most, letters(tick.label));
  return static_cast<double>(most) * letter;
}

void add_value_axis(Model& svg, std::string_view section, const ValueAxis& axis, const Box& box, double label_x) {
  for (const ValueTick& tick : axis.ticks) {
    const double y = box.y + box.height * (1 - tick.value / axis.end);
    Model out = svg.add(section);
    out.set("TICK_Y", tenths(y)).set("LABEL_X", tenths(label_x)).set("LABEL_Y", tenths(y + 4)).set("LABEL", tick.label);
  }
}

double x_of(base::Seconds at, const TimeRange& time, const Box& box) {
  const auto span = static_cast<double>(std::max<base::Seconds>(time.to - time.from, 1));
  return box.x + box.width * std::clamp(static_cast<double>(at - time.from) / span, 0.0, 1.0);
}

void add_time_axis(Model& svg, const Drawing& drawing, const Calendar& calendar, const Sheet& sheet, const Box& box) {
  const double each = 7.5 * sheet.letter;
  for (const TimeTick& tick :
       time_ticks(calendar, drawing.time, static_cast<std::size_t>(std::max(box.width / each, 2.0)))) {
    const double x = x_of(tick.at, drawing.time, box);
    const double half = static_cast<double>(letters(tick.label)) * sheet.letter / 2;
    Model out = svg.add("TIME_TICK");
    out.set("TICK_X", tenths(x)).set("LABEL", tick.label).set("LABEL_Y", tenths(box.y + box.height + 15));
    out.set("LABEL_X", tenths(std::clamp(x, half + 2, sheet.width - half - 2)));
    out.show(tick.strong ? "STRONG" : "PLAIN");
  }
}

void add_shades(Model& svg, const Drawing& drawing, const Box& box) {
  for (const TimeRange& shade : drawing.shades) {
    const double from = x_of(shade.from, drawing.time, box);
    const double width = std::max(x_of(shade.to, drawing.time, box) - from, 2.0);
    svg.add("SHADE").set("SHADE_X", tenths(from)).set("SHADE_WIDTH", tenths(width));
  }
}

std::string described(const Drawing& drawing) {
  std::string text = base::cat(drawing.about, ".");
  for (const DrawnLine& line : drawing.lines) {
    text += base::cat(" ", legend_title(line), line.dashed ? " (dashed)" : "", ".");
  }
  if (!drawing.nothing.empty()) text += base::cat(" ", drawing.nothing);
  if (!drawing.note.empty()) text += base::cat(" ", drawing.note);
  return drawing_text(text);
}

/// Words of `text` in rows of at most `count` letters.
std::vector<std::string> wrapped(std::string_view text, double count) {
  std::vector<std::string> rows(1);
  for (const std::string_view word : base::split(text, ' ')) {
    if (!rows.back().empty() && static_cast<double>(letters(rows.back()) + 1 + letters(word)) > count)
      rows.emplace_back();
    rows.back() += base::cat(rows.back().empty() ? "" : " ", shortened(word, count));
  }
  return rows;
}

void add_lines(Model& svg, const Drawing& drawing, const Box& box, double left_end, double right_end) {
  for (const DrawnLine& line : drawing.lines) {
    Model out = svg.add("LINE");
    out.set("LINE_KEY", line.key).show_if(line.dashed, "DASHED");
    out.set("PATH", line_path(line.points, drawing.time, drawing.step, line.right ? right_end : left_end, box));
  }
}

}  // namespace

std::string line_path(const std::vector<DrawnPoint>& points, const TimeRange& time, base::Seconds step, double end,
                      const Box& box) {
  std::string path;
  for (std::size_t i = 0; i < points.size(); ++i) {
    const auto is_next = [&](std::size_t a, std::size_t b) { return points[b].at - points[a].at <= step; };
    const bool joined = i > 0 && is_next(i - 1, i);
    const double x = x_of(points[i].at + step / 2, time, box);
    const double y = box.y + box.height * (1 - std::clamp(points[i].value / end, 0.0, 1.0));
    path += base::cat(joined ? "L" : "M", tenths(x), " ", tenths(y));
    if (!joined && (i + 1 == points.size() || !is_next(i, i + 1))) path += "h0.1";
  }
  return path;
}

base::Result<std::string> draw_svg(const Drawing& drawing, const Calendar& calendar, const TemplateEngine& templates) {
  const Sheet sheet = sheet_of(drawing.width, drawing.height, drawing.bare);
  const Values values;
  Model svg = values.root();
  begin(svg, sheet, drawing.title);
  svg.set("DESC", described(drawing));
  double top = 26;
  if (!sheet.bare) {
    const double room = (sheet.width - 2 * sheet.pad) / sheet.letter;
    add_text(svg, "about", sheet.pad, 44, shortened(drawing_text(drawing.about), room));
    top = add_legend(svg, sheet, drawing, 66) + 16;
    if (!drawing.note.empty())
      add_text(svg, "warn", sheet.pad, sheet.height - 10, shortened(drawing_text(drawing.note), room));
  }
  const double bottom = sheet.height - (sheet.bare ? 20 : drawing.note.empty() ? 28 : 28 + kRow);
  Box box{0, top, 0, std::max(bottom - top, 10.0)};
  const int marks = std::max(static_cast<int>(box.height / (sheet.bare ? 36 : 34)), 1);
  const ValueAxis left = value_axis(drawing.left.unit, highest(drawing, false), marks, drawing.left.rate);
  const ValueAxis right = value_axis(drawing.right.unit, highest(drawing, true), marks, drawing.right.rate);
  const bool two =
      std::any_of(drawing.lines.begin(), drawing.lines.end(), [](const DrawnLine& line) { return line.right; });
  box.x = sheet.pad + widest(left, sheet.letter) + 6;
  box.width = std::max(sheet.width - sheet.pad - (two ? widest(right, sheet.letter) + 6 : 0) - box.x, 20.0);

  svg.set("LEFT", tenths(box.x)).set("RIGHT", tenths(box.x + box.width));
  svg.set("TOP", tenths(box.y)).set("BOTTOM", tenths(box.y + box.height)).set("PLOT_HEIGHT", tenths(box.height));
  svg.show("PLOT");
  add_shades(svg, drawing, box);
  add_value_axis(svg, "VALUE_TICK", left, box, box.x - 6);
  if (two) add_value_axis(svg, "RIGHT_TICK", right, box, box.x + box.width + 6);
  add_time_axis(svg, drawing, calendar, sheet, box);
  add_lines(svg, drawing, box, left.end, right.end);
  if (!drawing.nothing.empty()) {
    const std::string text = shortened(drawing_text(drawing.nothing), box.width / sheet.letter);
    add_text(svg, "word mid", box.x + box.width / 2, box.y + box.height / 2 + 4, text);
  }
  return templates.render(kSvgFile, values);
}

base::Result<std::string> message_svg(std::string_view title, std::string_view text, int width, int height,
                                      const TemplateEngine& templates) {
  const Sheet sheet = sheet_of(width, height, false);
  const Values values;
  Model svg = values.root();
  begin(svg, sheet, title);
  const std::string words = drawing_text(text);
  svg.set("DESC", words);
  double y = sheet.bare ? 36 : 50;
  for (const std::string& row : wrapped(words, (sheet.width - 2 * sheet.pad) / sheet.letter)) {
    if (y > sheet.height - 6) break;
    add_text(svg, "word", sheet.pad, y, row);
    y += kRow;
  }
  return templates.render(kSvgFile, values);
}

}  // namespace pastmon::web
