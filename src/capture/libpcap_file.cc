// SPDX-License-Identifier: MIT
// pcapng and the rarer classic formats, read by libpcap through a stream of ours (so that standard input works too).
#include <pcap/pcap.h>
#include <stdio.h>

#include <cerrno>
#include <cstring>

#include "file_sources.h"
#include "filter.h"
#include "frame_batch.h"
#include "link_type.h"
#include "pastmon/base/text.h"

namespace pastmon::capture {
namespace {

ssize_t read_stream(void* cookie, char* to, size_t size) {
  return static_cast<ByteInput*>(cookie)->read(reinterpret_cast<std::uint8_t*>(to), size);
}

/// Only "where am I", for the place of damage.
int seek_stream(void* cookie, off64_t* offset, int whence) {
  if (whence != SEEK_CUR || *offset != 0) {
    errno = ESPIPE;
    return -1;
  }
  *offset = static_cast<off64_t>(static_cast<ByteInput*>(cookie)->offset());
  return 0;
}

class LibpcapFile final : public Source {
 public:
  LibpcapFile(std::unique_ptr<ByteInput> input, pcap_t* handle, LinkType link, Filter filter)
      : input_(std::move(input)), handle_(handle), link_(link), filter_(std::move(filter)), batch_(kMaxRecord) {}
  ~LibpcapFile() override { pcap_close(handle_); }
  LibpcapFile(const LibpcapFile&) = delete;
  LibpcapFile& operator=(const LibpcapFile&) = delete;

  State read(std::span<const Frame>& batch) override;

  Counters counters() override { return counters_; }
  const std::string& name() const override { return input_->name(); }
  const base::Error& error() const override { return error_; }
  int descriptor() const noexcept override { return -1; }
  void interrupt() noexcept override { input_->interrupt(); }

 private:
  void set_error();

  std::unique_ptr<ByteInput> input_;
  pcap_t* handle_;
  LinkType link_;
  Filter filter_;
  FrameBatch batch_;
  State after_ = State::frames;  // what comes when the batch is done with
  Counters counters_;
  base::Error error_;
};

State LibpcapFile::read(std::span<const Frame>& batch) {
  batch_.clear();
  while (after_ == State::frames && !batch_.full()) {
    if (input_->interrupted()) {
      after_ = State::end;
      break;
    }
    pcap_pkthdr* header = nullptr;
    const u_char* data = nullptr;
    const int result = pcap_next_ex(handle_, &header, &data);
    if (result == 1) {
      ++counters_.received;
      if (filter_.accepts_all() || filter_.accepts(data, header->caplen, header->len)) {
        batch_.add(*header, data, link_);
      } else {
        ++counters_.filtered;
      }
    } else if (result == PCAP_ERROR_BREAK || input_->interrupted()) {
      after_ = State::end;
    } else {
      set_error();
      after_ = State::failed;
    }
  }
  batch = batch_.frames();
  return batch.empty() ? after_ : State::frames;
}

void LibpcapFile::set_error() {
  const std::string reason = base::escape_controls(pcap_geterr(handle_));
  const long at = ftell(pcap_file(handle_));
  if (reason.find("different from") != std::string::npos) {
    error_.message = base::cat(input_->name(), ": cannot be read on at byte ", at,
                               ": its interfaces differ in link type or snapshot length (", reason,
                               "); write one file an interface");
  } else {
    error_.message = base::cat(input_->name(), ": damaged or truncated at byte ", at, ": ", reason);
  }
}

}  // namespace

base::Result<std::unique_ptr<Source>> open_with_libpcap(std::unique_ptr<ByteInput> input, const std::string& filter) {
  cookie_io_functions_t functions{};
  functions.read = read_stream;
  functions.seek = seek_stream;
  FILE* stream = fopencookie(input.get(), "rb", functions);
  if (stream == nullptr) return base::Error{base::cat("cannot read ", input->name(), ": ", strerror(errno))};
  constexpr std::size_t buffer = 256U << 10U;
  setvbuf(stream, nullptr, _IOFBF, buffer);

  char reason[PCAP_ERRBUF_SIZE] = "";
  pcap_t* handle = pcap_fopen_offline(stream, reason);  // now owns the stream
  if (handle == nullptr) {
    fclose(stream);
    return base::Error{
        base::cat(input->name(), ": not a capture file that can be read: ", base::escape_controls(reason))};
  }
  const auto refuse = [&](base::Error error) {
    pcap_close(handle);
    return error;
  };
  const int dlt = pcap_datalink(handle);
  const auto link = link_type_of_dlt(dlt);
  if (!link) return refuse({base::cat(input->name(), ": ", unknown_link_type(dlt))});
  auto compiled = Filter::compile(filter, *link);
  if (!compiled) return refuse(compiled.error());
  return std::unique_ptr<Source>(std::make_unique<LibpcapFile>(std::move(input), handle, *link, std::move(*compiled)));
}

}  // namespace pastmon::capture
