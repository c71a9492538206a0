// SPDX-License-Identifier: MIT
#include "interfaces.h"

#include <poll.h>

#include <algorithm>
#include <utility>

#include "pastmon/base/log.h"

namespace pastmon::daemon {
namespace {

namespace log = base::log;

capture::Counters sum(const capture::Counters& a, const capture::Counters& b) {
  return {a.received + b.received, a.filtered + b.filtered, a.kernel_dropped + b.kernel_dropped,
          a.interface_dropped + b.interface_dropped};
}

}  // namespace

base::Result<std::unique_ptr<Interfaces>> Interfaces::open(const std::vector<capture::LiveOptions>& options,
                                                           Missing missing, Opener opener, const base::Clock& clock) {
  std::unique_ptr<Interfaces> all(new Interfaces(std::move(opener), clock));
  for (capture::LiveOptions each : options) {
    each.wait = 0;
    base::Result<std::unique_ptr<capture::Source>> source = all->opener_(each);
    const bool waits = !source && source.error().temporary && missing == Missing::is_waited_for;
    if (!source && !waits) return source.error();
    Interface& added = all->interfaces_.emplace_back();
    added.options = each;
    if (source) {
      added.source = *std::move(source);
      added.seen = true;
    } else {
      all->wait_for(added);
      all->complain(added, source.message());
    }
  }
  return all;
}

bool Interfaces::read(Worker& worker) {
  bool any = false;
  for (Interface& each : interfaces_) {
    if (!each.source) continue;
    std::span<const capture::Frame> batch;
    const capture::State state = each.source->read(batch);
    if (state == capture::State::frames) {
      worker.process(batch);
      any = true;
    } else if (state == capture::State::failed || state == capture::State::end) {
      lose(each);
    }
  }
  return any;
}

void Interfaces::lose(Interface& each) {
  log::error(each.source->error().message, "; trying again until it is back");
  each.before = sum(each.before, each.source->counters());
  each.source.reset();
  each.told.clear();
  each.tell_again = clock_.monotonic() + kTellAgain;
  wait_for(each);
}

void Interfaces::wait_for(Interface& each) {
  each.away_since = clock_.monotonic();
  each.pause = kReopenFirst;
  each.retry_at = each.away_since + each.pause;
}

void Interfaces::complain(Interface& each, const std::string& why) {
  const base::Micros now = clock_.monotonic();
  // Which others there are may change all day long: that is no news.
  std::string news = why.substr(0, why.find(" ("));
  if (news == each.told && now < each.tell_again) return;
  log::error(why, "; waiting until it can be opened");
  each.told = std::move(news);
  each.tell_again = now + kTellAgain;
}

void Interfaces::reopen() {
  for (Interface& each : interfaces_) {
    if (each.source || clock_.monotonic() < each.retry_at) continue;
    base::Result<std::unique_ptr<capture::Source>> source = opener_(each.options);
    if (source) {
      const base::Micros away = clock_.monotonic() - each.away_since;
      each.source = *std::move(source);
      each.away_before += away;
      log::info("capturing on ", each.options.interface, each.seen ? " again" : " now", ", after ",
                away / base::kSecond, " s without it");
      each.seen = true;
      continue;
    }
    // That it is not there was said when it went; any other reason is news.
    if (!source.error().temporary || !each.told.empty() || clock_.monotonic() >= each.tell_again) {
      complain(each, source.message());
    }
    each.pause = std::min(each.pause * 2, kReopenLast);
    each.retry_at = clock_.monotonic() + each.pause;
  }
}

void Interfaces::wait(base::Micros time) {
  std::vector<pollfd> ready;
  for (const Interface& each : interfaces_) {
    if (each.source) ready.push_back({each.source->descriptor(), POLLIN, 0});
  }
  ::poll(ready.data(), ready.size(), static_cast<int>(time / 1'000));
}

std::vector<SourceTotals> Interfaces::totals() {
  std::vector<SourceTotals> totals;
  for (Interface& each : interfaces_) {
    totals.push_back({each.options.interface, each.source ? sum(each.before, each.source->counters()) : each.before,
                      each.away_before + (each.source ? 0 : clock_.monotonic() - each.away_since)});
  }
  return totals;
}

std::vector<std::string> Interfaces::away() const {
  std::vector<std::string> names;
  for (const Interface& each : interfaces_) {
    if (!each.source) names.push_back(each.options.interface);
  }
  return names;
}

}  // namespace pastmon::daemon
