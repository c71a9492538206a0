// SPDX-License-Identifier: MIT
#include "aside.h"

#include "pastmon/base/log.h"

namespace pastmon::store {

void Aside::find() {
  for (JournalDirectory::AsideFile& file : directory_.aside()) {
    bytes_ += file.bytes;
    files_.push_back({std::move(file.name), file.bytes});
  }
  keep_bounds();
}

std::string Aside::add(const std::string& name, std::string_view end) {
  std::string aside = directory_.set_aside(name, end);
  added(aside);
  return aside;
}

void Aside::added(const std::string& name) {
  const std::uint64_t bytes = directory_.size_of(name);
  bytes_ += bytes;
  files_.push_back({name, bytes});
  keep_bounds();
}

void Aside::keep_bounds() {
  while (!files_.empty() && (bytes_ > max_bytes_ || files_.size() > kMaxFiles)) {
    directory_.remove(files_.front().name);
    bytes_ -= files_.front().bytes;
    files_.pop_front();
    ++deleted_;
  }
  report(false);
}

void Aside::report(bool now) {
  const auto time = std::chrono::steady_clock::now();
  if (deleted_ == deleted_logged_ || (!now && time < next_report_)) return;
  base::log::error("too much was set aside in ", directory_.path(), " (more than ", max_bytes_,
                   " bytes, a quarter of limits.max_journal, or ", kMaxFiles, " files): deleted the ",
                   deleted_ - deleted_logged_, " oldest damaged or refused files, ", deleted_, " since the start");
  deleted_logged_ = deleted_;
  next_report_ = time + std::chrono::microseconds(repeat_);
}

}  // namespace pastmon::store
