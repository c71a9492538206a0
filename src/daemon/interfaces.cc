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
                                                           Opener opener, const base::Clock& clock) {
  std::unique_ptr<Interfaces> all(new Interfaces(std::move(opener), clock));
  for (capture::LiveOptions each : options) {
    each.wait = 0;
    base::Result<std::unique_ptr<capture::Source>> source = all->opener_(each);
    if (!source) return source.error();
    all->interfaces_.push_back({each, *std::move(source), {}, 0, 0});
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
  each.pause = kReopenFirst;
  each.retry_at = clock_.monotonic() + each.pause;
}

void Interfaces::reopen() {
  for (Interface& each : interfaces_) {
    if (each.source || clock_.monotonic() < each.retry_at) continue;
    base::Result<std::unique_ptr<capture::Source>> source = opener_(each.options);
    if (source) {
      each.source = *std::move(source);
      log::info("capturing on ", each.options.interface, " again");
      continue;
    }
    log::debug(source.message());
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
    totals.push_back({each.options.interface, each.source ? sum(each.before, each.source->counters()) : each.before});
  }
  return totals;
}

}  // namespace pastmon::daemon
