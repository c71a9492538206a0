// SPDX-License-Identifier: MIT
// The committed captures through capture, decode, flow and this module, against what their expect.json says of
// transactions and their times. What belongs to the modules behind (sums of packets, sketches) is compared elsewhere.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

#include "pastmon/capture/source.h"
#include "pastmon/decode/decoder.h"
#include "pastmon/decode/duplicates.h"
#include "pastmon/decode/reassembler.h"
#include "pastmon/flow/tracker.h"
#include "scene.h"

namespace pastmon::signature::test {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

const fs::path kCaptures = PASTMON_SOURCE_DIR "/tests/captures";

std::vector<std::string> cases() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(kCaptures)) {
    const bool demo = entry.path().filename() == "demo";
    if (!demo && fs::exists(entry.path() / "expect.json")) names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

/// Everything that the line up to here says of a capture file. Returns the number of packet events.
void play(const fs::path& file, Scene& scene) {
  auto source = capture::open_file({file.string(), ""});
  if (!source) return;  // cases of files that are no captures
  decode::Decoder decoder;
  decode::DuplicateFilter duplicates{decode::DuplicateOptions{}};
  decode::Reassembler fragments{decode::FragmentOptions{}, decoder};
  flow::Tracker tracker{flow::Options{}};
  flow::Events events;
  std::vector<decode::Packet> packets;
  base::Micros now = 0;
  std::span<const capture::Frame> frames;
  const auto track = [&](std::span<const decode::Packet> batch) {
    tracker.process(batch, events);
    scene.run(events, now);
  };
  while ((*source)->read(frames) == capture::State::frames) {
    packets.clear();
    for (const capture::Frame& frame : frames) {
      decode::Packet packet;
      now = std::max(now, frame.time);
      const bool decoded = decoder.decode(frame, packet) == decode::Verdict::packet;
      if (!decoded || duplicates.repeated(frame, packet)) continue;
      if (packet.transport != decode::Transport::fragment) {
        packets.push_back(packet);
        continue;
      }
      track(packets);
      packets.clear();
      track(fragments.take(packet));
    }
    track(packets);
  }
  track(fragments.finish());
  for (bool more = true; more;) {
    more = tracker.finish(events);
    scene.run(events, now);
  }
  scene.finish(now);
}

struct Row {
  std::map<std::string, std::int64_t> counters;
  std::map<std::string, std::vector<std::int64_t>> samples;
};

std::string key_of(const std::string& row, const Endpoints& who) {
  return row + " " + who.client.to_string() + " " + who.server.to_string() + " " + std::to_string(who.port);
}

std::map<std::string, Row> add_up(const Scene& scene) {
  std::map<std::string, Row> rows;
  for (const Said& t : scene.transactions) {
    Row& row = rows[key_of(t.row, t.who)];
    constexpr const char* outcomes[] = {"answered", "unanswered", "refused", "aborted"};
    ++row.counters["transactions"];
    ++row.counters[outcomes[static_cast<int>(t.outcome)]];
    row.counters["errors"] += t.error;
    row.counters["early"] += t.early;
    if (t.outcome != Outcome::answered || t.waiting) continue;
    row.samples["response_time_us"].push_back(t.response_time());
    if (t.complete) row.samples["transfer_time_us"].push_back(t.response_end - t.response_begin);
    if (t.request_bytes >= 0) row.samples["request_bytes"].push_back(t.request_bytes);
  }
  return rows;
}

class Captures : public testing::TestWithParam<std::string> {};

TEST_P(Captures, GiveTheTransactionsAndTimesThatWereWorkedOutWithoutUs) {
  const fs::path folder = kCaptures / GetParam();
  std::ifstream file(folder / "expect.json");
  const Json expect = Json::parse(file);
  Scene scene;
  play(folder / expect.at("capture").get<std::string>(), scene);
  EXPECT_EQ(scene.packets.size(), scene.sent);
  const std::map<std::string, Row> rows = add_up(scene);
  for (const Json& wanted : expect.at("rows")) {
    const std::string key = wanted["signature"].get<std::string>() + " " + wanted["client"].get<std::string>() + " " +
                            wanted["server"].get<std::string>() + " " + std::to_string(wanted["port"].get<int>());
    static const Row none;
    const auto found = rows.find(key);
    const Row& row = found == rows.end() ? none : found->second;
    for (const char* counter : {"transactions", "answered", "unanswered", "refused", "aborted", "errors", "early"}) {
      if (!wanted.contains(counter)) continue;
      const auto value = row.counters.find(counter);
      EXPECT_EQ(value == row.counters.end() ? 0 : value->second, wanted[counter].get<std::int64_t>())
          << key << " " << counter;
    }
    for (const char* metric : {"response_time_us", "request_bytes"}) {
      if (!wanted.contains(metric)) continue;
      const auto at = row.samples.find(metric);
      const std::vector<std::int64_t> samples = at == row.samples.end() ? std::vector<std::int64_t>() : at->second;
      std::int64_t sum = 0;
      for (const std::int64_t sample : samples) sum += sample;
      if (wanted[metric].contains("count")) {
        EXPECT_EQ(samples.size(), wanted[metric]["count"].get<std::size_t>()) << key << " " << metric;
      }
      if (wanted[metric].contains("sum")) {
        EXPECT_EQ(sum, wanted[metric]["sum"].get<std::int64_t>()) << key << " " << metric;
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Cases, Captures, testing::ValuesIn(cases()), [](const auto& c) { return c.param; });

}  // namespace
}  // namespace pastmon::signature::test
