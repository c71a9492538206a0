// SPDX-License-Identifier: MIT
// file.cc and byte_input.cc: what can be wrong with a file, and standard input.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <thread>

#include "capture/capture_files.h"

namespace pastmon::capture::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

/// Standard input replaced by the reading end of a pipe.
class PipedInput {
 public:
  PipedInput() : saved_(dup(STDIN_FILENO)) {
    int fds[2];
    EXPECT_EQ(pipe(fds), 0);
    dup2(fds[0], STDIN_FILENO);
    close(fds[0]);
    write_ = fds[1];
  }
  ~PipedInput() {
    close_writer();
    dup2(saved_, STDIN_FILENO);
    close(saved_);
  }
  PipedInput(const PipedInput&) = delete;
  PipedInput& operator=(const PipedInput&) = delete;

  void send(const std::string& bytes) const {
    EXPECT_EQ(write(write_, bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
  }
  void close_writer() {
    if (write_ >= 0) close(write_);
    write_ = -1;
  }

 private:
  int saved_;
  int write_ = -1;
};

TEST(OpenFile, MissingFileIsNamed) {
  const auto source = open_file({"/nonexistent/a\nb.pcap", {}});
  ASSERT_FALSE(source.ok());
  EXPECT_EQ(source.message(), "cannot read /nonexistent/a\\nb.pcap: No such file or directory");
}

TEST(OpenFile, UnreadableFileIsNamed) {
  const TempFile file(Classic{}.header());
  ASSERT_EQ(chmod(file.path().c_str(), 0), 0);
  const std::string message = as_nobody([&file] { return open_file({file.path(), {}}).message(); });
  EXPECT_EQ(message, "cannot read " + file.path() + ": Permission denied");
}

TEST(OpenFile, DirectoryIsNoFile) {
  const auto source = open_file({"/", {}});
  ASSERT_FALSE(source.ok());
  EXPECT_EQ(source.message(), "cannot read /: Is a directory");
}

TEST(OpenFile, EmptyAndForeignFilesAreNoCaptures) {
  EXPECT_EQ(open_error(""), ": not a capture file: it is empty");
  EXPECT_THAT(open_error("ab"), HasSubstr(": not a capture file"));
  EXPECT_THAT(open_error("#!/bin/sh\necho this is no capture\n"), HasSubstr(": not a capture file"));
}

TEST(OpenFile, CutOffFileHeaderIsTold) {
  EXPECT_EQ(open_error(Classic{}.header().substr(0, 20)), ": truncated at byte 20: the file header is cut off");
}

TEST(OpenFile, UnknownLinkTypeIsGivenByNumberAndName) {
  EXPECT_THAT(open_error(Classic{.link = 189}.header()),
              HasSubstr(": link type 189 (USB_LINUX, USB with Linux header) is not"));
  EXPECT_THAT(open_error(Classic{.link = 65000}.header()), HasSubstr(": link type 65000 is not"));
  EXPECT_THAT(open_error(section() + interface_block(189)),
              HasSubstr(": link type 189 (USB_LINUX, USB with Linux header) is not"));
}

TEST(OpenFile, EveryKnownLinkTypeOpens) {
  for (const std::uint32_t link : {0U,   1U,   9U,   10U,  50U,  51U,  101U, 104U, 105U, 108U, 113U, 119U,
                                   127U, 163U, 166U, 192U, 197U, 204U, 205U, 228U, 229U, 239U, 276U}) {
    const Classic c{.link = link};
    const bool ppi = link == 192;  // libpcap's filters look behind its header
    const Result r = read_content(c.header() + c.record(1, "abcd"), ppi ? "" : "len >= 4");
    ASSERT_EQ(r.frames.size(), 1U) << link;
    EXPECT_EQ(static_cast<std::uint32_t>(r.frames[0].link), link);
  }
  for (const std::uint32_t old_raw : {12U, 14U}) {
    const Classic c{.link = old_raw};
    EXPECT_EQ(read_content(c.header() + c.record(1, "abcd")).frames.at(0).link, LinkType::raw_ip);
  }
}

TEST(OpenFile, BadFilterGivesLibpcapsReason) {
  for (const std::string& content : {Classic{}.header(), section() + interface_block(1)}) {
    const std::string message = open_error(content, "port 80 or or");
    EXPECT_THAT(message, HasSubstr("bad filter \"port 80 or or\": "));
    EXPECT_THAT(message, HasSubstr("syntax error"));
    EXPECT_THAT(message, Not(HasSubstr("\n")));
  }
}

TEST(OpenFile, OldFormatVersionsAreLeftToLibpcap) {
  // In versions before 2.3 the two lengths of a record stand the other way round.
  const Classic c{.minor = 2};
  const std::string record = number(1, 4) + number(0, 4) + number(1500, 4) + number(3, 4) + "abc";
  const Result r = read_content(c.header() + record);
  ASSERT_EQ(r.frames.size(), 1U) << r.error;
  EXPECT_EQ(r.bytes[0], "abc");
  EXPECT_EQ(r.frames[0].length, 1500U);
}

TEST(StandardInput, IsReadAsAFile) {
  const Classic c{};
  for (const std::string& content :
       {c.header() + c.record(1, "abc"), section() + interface_block(1) + packet_block(0, 7, "abc")}) {
    PipedInput input;
    input.send(content);
    input.close_writer();
    auto source = open_file({"-", {}});
    ASSERT_TRUE(source.ok()) << source.message();
    EXPECT_EQ((*source)->name(), "standard input");
    const Result r = read_all(**source);
    EXPECT_EQ(r.bytes, std::vector<std::string>{"abc"});
    EXPECT_EQ(r.last, State::end);
  }
}

TEST(StandardInput, GivesWhatHasComeWithoutWaitingForMore) {
  const Classic c{};
  PipedInput input;
  input.send(c.header() + c.record(1, "abc") + c.record(2, "def").substr(0, 10));
  auto source = open_file({"-", {}});
  ASSERT_TRUE(source.ok());
  std::span<const Frame> batch;
  ASSERT_EQ((*source)->read(batch), State::frames);
  EXPECT_EQ(batch.size(), 1U);
  input.send(c.record(2, "def").substr(10));
  ASSERT_EQ((*source)->read(batch), State::frames);
  EXPECT_EQ(batch[0].captured, 3U);
}

TEST(StandardInput, InterruptEndsAWait) {
  PipedInput input;
  input.send(Classic{}.header());
  auto source = open_file({"-", {}});
  ASSERT_TRUE(source.ok());
  std::thread other([&source] { (*source)->interrupt(); });
  std::span<const Frame> batch;
  EXPECT_EQ((*source)->read(batch), State::end) << "and not for ever";
  other.join();
}

}  // namespace
}  // namespace pastmon::capture::testing
