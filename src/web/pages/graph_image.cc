// SPDX-License-Identifier: MIT
// The graph as a drawing (SVG), for mails, wikis, walls and browsers without scripts. The parameters of the page, and
// w, h (pixels) and bare=1 (small: little more than the lines).
#include <algorithm>
#include <charconv>
#include <string>
#include <string_view>

#include "graph_svg.h"
#include "pages/graph_data.h"
#include "pages/pages.h"
#include "pages/sensors.h"
#include "pages/view.h"
#include "pastmon/base/log.h"
#include "pastmon/base/text.h"

namespace pastmon::web::pages {
namespace {

struct PictureSize {
  int width = 900, height = 320;
  bool bare = false;
};

int pixels(std::string_view text, int otherwise) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() ? value : otherwise;
}

PictureSize picture_size(const Parameters& parameters) {
  PictureSize size;
  size.bare = parameters.get("bare") == "1";
  if (size.bare) size = {360, 150, true};
  size.width = std::clamp(pixels(parameters.get("w"), size.width), Drawing::kMinWidth, Drawing::kMaxWidth);
  size.height = std::clamp(pixels(parameters.get("h"), size.height), Drawing::kMinHeight, Drawing::kMaxHeight);
  return size;
}

Response picture(base::Result<std::string> svg, int status) {
  if (!svg) {
    base::log::error(svg.message());
    return Response::text(500, "This drawing failed. The program's log says why.");
  }
  Response response;
  response.status = status;
  response.content_type = "image/svg+xml; charset=utf-8";
  response.body = std::move(*svg);
  response.drawing = true;
  return response;
}

Response words(const Services& services, const PictureSize& size, std::string_view title, std::string_view text,
               int status) {
  return picture(message_svg(title, text, size.width, size.height, services.templates), status);
}

}  // namespace

Response graph_image(const Services& services, const Request& request) {
  static constexpr std::string_view kDown = "The database cannot be reached";
  const PictureSize size = picture_size(request.query);
  auto view = open_view(services, request);
  if (!view) return words(services, size, kDown, view.message(), 503);
  if (!view->problem) view->problem = unknown_sensor(*view);
  if (view->problem) return words(services, size, view->problem->title, view->problem->advice, 400);
  const metric::Info* info = metric::find(view->query.metric);
  if (info == nullptr) {
    return words(services, size, "Which metric?", "Give one of the registry, such as metric=response_time.", 400);
  }
  // A point for two pixels: more cannot be told apart.
  const auto graph = read_graph(*view, *info, static_cast<std::size_t>(std::max(size.width / 2, 120)));
  if (!graph) return words(services, size, kDown, graph.message(), 503);
  Drawing drawing = graph_drawing(*view, *graph);
  drawing.width = size.width;
  drawing.height = size.height;
  drawing.bare = size.bare;
  for (const std::string& line : view->database->warnings()) {
    drawing.note += base::cat(drawing.note.empty() ? "" : " ", line);
  }
  return picture(draw_svg(drawing, services.calendar, services.templates), 200);
}

}  // namespace pastmon::web::pages
