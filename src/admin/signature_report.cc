// SPDX-License-Identifier: MIT
#include "signature_report.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>

#include "pastmon/base/json.h"
#include "pastmon/base/text.h"

namespace pastmon::admin {
namespace {

using base::cat;

struct KindText {
  const char* word;
  const char* sentence;
};

KindText kind_text(signature::Near kind) {
  switch (kind) {
    case signature::Near::framing:
      return {"framing", "the request pattern fits, but the bytes are no message of this framing"};
    case signature::Near::alone:
      return {"alone", "the pattern fits, but no answer came that could prove it"};
    case signature::Near::unpaired:
      return {"unpaired", "the pattern fits, but not the answer"};
    case signature::Near::response:
      return {"response", "a request is open, but the response pattern does not fit"};
    case signature::Near::nobody:
      break;
  }
  return {"nobody", "on a listed port, but no signature recognised it"};
}

/// "2023-11-14 22:13:20.123456", UTC
std::string time_text(base::Micros at) {
  const std::time_t seconds = at / base::kSecond;
  std::tm broken{};
  gmtime_r(&seconds, &broken);
  std::array<char, 64> text{};
  const std::size_t n = std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%S", &broken);
  std::snprintf(text.data() + n, text.size() - n, ".%06d", static_cast<int>(at % base::kSecond));
  return text.data();
}

std::string who(const signature::Endpoints& e) {
  const std::string server = e.server.to_string();
  const bool v6 = server.find(':') != std::string::npos;
  return cat(e.client.to_string(), " -> ", v6 ? "[" : "", server, v6 ? "]" : "", ":", e.port);
}

std::string milliseconds(std::int64_t micros) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.3f ms", static_cast<double>(micros) / 1000);
  return text.data();
}

std::string table(const SeenSignatures& seen) {
  std::size_t width = 9;
  for (const auto& [row, count] : seen.rows()) width = std::max(width, row.size());
  std::array<char, 512> line{};
  const auto print = [&](const char* name, const std::array<std::string, 7>& cells) {
    std::snprintf(line.data(), line.size(), "%-*.*s  %9s  %9s  %7s  %7s  %12s  %12s  %12s\n", static_cast<int>(width),
                  static_cast<int>(width), name, cells[0].c_str(), cells[1].c_str(), cells[2].c_str(), cells[3].c_str(),
                  cells[4].c_str(), cells[5].c_str(), cells[6].c_str());
    return std::string(line.data());
  };
  std::string text = print("SIGNATURE", {"REQUESTS", "ANSWERED", "ERRORS", "FAILED", "MIN", "AVG", "MAX"});
  for (const auto& [row, c] : seen.rows()) {
    const bool timed = c.times > 0;
    text += print(row.c_str(),
                  {cat(c.requests), cat(c.answered), cat(c.errors), cat(c.failed), timed ? milliseconds(c.least) : "-",
                   timed ? milliseconds(c.sum / c.times) : "-", timed ? milliseconds(c.most) : "-"});
  }
  return text;
}

}  // namespace

std::string text_report(const ReportHead& head, const SeenSignatures& seen) {
  std::string text = cat(head.file, ": ", head.signatures, " signatures; ", head.capture, ": ", head.packets,
                         " packets\n\n", table(seen));
  if (!seen.matches().empty()) text += "\nFirst requests that matched\n";
  for (const Match& m : seen.matches()) {
    text +=
        cat("  ", time_text(m.at), "  ", who(m.endpoints), "  ", m.row, m.groups.empty() ? "" : "  ", m.groups, "\n");
  }
  if (!seen.misses().empty()) text += "\nWhat nearly matched\n";
  for (const Miss& m : seen.misses()) {
    text += cat("  ", time_text(m.at), "  ", who(m.endpoints), "\n    ", m.where, m.where.empty() ? "" : ": ",
                kind_text(m.kind).sentence, ": ", m.bytes, "\n");
    if (!m.answer.empty()) text += cat("    answer: ", m.answer, "\n");
  }
  if (seen.all_misses() > seen.misses().size()) {
    text += cat("  and ", seen.all_misses() - seen.misses().size(), " more (--first N shows more)\n");
  }
  return text;
}

std::string json_report(const ReportHead& head, const SeenSignatures& seen) {
  std::string text;
  const auto line = [&text](const char* key, base::Json value) {
    base::Json object = base::Json::object();
    object.set(key, std::move(value));
    text += object.dump() + "\n";
  };
  const auto set_who = [](base::Json& object, const signature::Endpoints& e, base::Micros at) {
    object.set("time", static_cast<double>(at) / static_cast<double>(base::kSecond))
        .set("client", e.client.to_string())
        .set("server", e.server.to_string())
        .set("port", std::uint64_t{e.port});
  };
  for (const auto& [row, c] : seen.rows()) {
    base::Json object = base::Json::object();
    object.set("signature", row).set("requests", c.requests).set("answered", c.answered).set("errors", c.errors);
    object.set("failed", c.failed);
    if (c.times > 0) {
      object.set("response_time_min_us", c.least).set("response_time_max_us", c.most);
      object.set("response_time_mean_us", static_cast<double>(c.sum) / static_cast<double>(c.times));
    }
    line("row", std::move(object));
  }
  for (const Match& m : seen.matches()) {
    base::Json object = base::Json::object();
    set_who(object, m.endpoints, m.at);
    object.set("signature", m.row).set("groups", m.groups);
    line("match", std::move(object));
  }
  for (const Miss& m : seen.misses()) {
    base::Json object = base::Json::object();
    set_who(object, m.endpoints, m.at);
    object.set("kind", kind_text(m.kind).word).set("where", m.where).set("bytes", m.bytes).set("answer", m.answer);
    line("near_miss", std::move(object));
  }
  base::Json summary = base::Json::object();
  summary.set("packets", head.packets).set("signatures", head.signatures).set("near_misses", seen.all_misses());
  line("summary", std::move(summary));
  return text;
}

}  // namespace pastmon::admin
