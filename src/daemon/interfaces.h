// SPDX-License-Identifier: MIT
// The live sources of one worker: read in turn by one thread, so that a flow seen on two interfaces is one flow. An
// interface that goes away, or is not there yet, is opened with growing pauses; the others go on meanwhile. The log is
// told when it goes, why it cannot be opened (again only when the reason changes, or after a long time), and when it is
// back.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "pastmon/base/clock.h"
#include "pastmon/base/result.h"
#include "pastmon/capture/source.h"
#include "pastmon/daemon/worker.h"
#include "statistics.h"

namespace pastmon::daemon {

inline constexpr base::Micros kReopenFirst = base::kSecond;  ///< pause before the first attempt to open it again …
inline constexpr base::Micros kReopenLast = 30 * base::kSecond;  ///< … doubled up to this

inline constexpr base::Micros kTellAgain = 3'600 * base::kSecond;  ///< what is still missing

/// What an interface means that is not there (or down) at the start.
enum class Missing { is_an_error, is_waited_for };

class Interfaces {
 public:
  /// Opens an interface; capture::open_live with the rights that it needs.
  using Opener = std::function<base::Result<std::unique_ptr<capture::Source>>(const capture::LiveOptions&)>;

  /// Opens all of them. Error: the first that cannot be opened and is not waited for.
  static base::Result<std::unique_ptr<Interfaces>> open(const std::vector<capture::LiveOptions>& options,
                                                        Missing missing, Opener opener, const base::Clock& clock);

  /// Gives each interface's next batch to the worker. False when nothing was there.
  bool read(Worker& worker);

  /// Waits until a frame may be there, a signal came, or `time` is over.
  void wait(base::Micros time);

  /// Tries again those that are away, when their pause is over.
  void reopen();

  /// Names of those that are away.
  std::vector<std::string> away() const;

  /// Totals by interface, over all times that it was open.
  std::vector<SourceTotals> totals();

 private:
  struct Interface {
    capture::LiveOptions options;
    std::unique_ptr<capture::Source> source;  ///< null: away
    capture::Counters before;                 ///< of earlier sources of this interface
    base::Micros retry_at = 0;                ///< monotonic
    base::Micros pause = 0;
    base::Micros away_since = 0;   ///< monotonic, while there is no source
    base::Micros away_before = 0;  ///< earlier times without one, added up
    bool seen = false;             ///< it has been open
    std::string told;              ///< why, as the log knows it
    base::Micros tell_again = 0;   ///< monotonic
  };

  Interfaces(Opener opener, const base::Clock& clock) : opener_(std::move(opener)), clock_(clock) {}
  void lose(Interface& interface);
  void wait_for(Interface& interface);
  void complain(Interface& interface, const std::string& why);

  std::vector<Interface> interfaces_;
  Opener opener_;
  const base::Clock& clock_;
};

}  // namespace pastmon::daemon
