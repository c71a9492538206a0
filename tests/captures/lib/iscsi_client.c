// SPDX-License-Identifier: MIT
// An initiator with libiscsi: iscsi_client PORTAL TARGET plain|eager. Writes and reads a disk, one command after the
// other, then three reads at once. "plain" waits to be asked for the data of a write, "eager" sends them at once.
#include <iscsi/iscsi.h>
#include <iscsi/scsi-lowlevel.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { kBlock = 512, kLun = 1 };
static unsigned char data[64 * kBlock];
static int answers;

static void check(int ok, struct iscsi_context *iscsi, const char *what) {
  if (ok) return;
  fprintf(stderr, "%s: %s\n", what, iscsi_get_error(iscsi));
  exit(1);
}

static void answered(struct iscsi_context *iscsi, int status, void *command, void *unused) {
  (void)command;
  (void)unused;
  check(status == SCSI_STATUS_GOOD, iscsi, "read");
  ++answers;
}

static void wait_for(struct iscsi_context *iscsi, int number) {
  while (answers < number) {
    struct pollfd p = {iscsi_get_fd(iscsi), (short)iscsi_which_events(iscsi), 0};
    poll(&p, 1, 2000);
    check(iscsi_service(iscsi, p.revents) == 0, iscsi, "service");
  }
}

static void finish(struct iscsi_context *iscsi, struct scsi_task *task, const char *what, int status) {
  check(task != NULL && task->status == status, iscsi, what);
  scsi_free_scsi_task(task);
}

int main(int argc, char **argv) {
  if (argc != 4) return 2;
  const int eager = strcmp(argv[3], "eager") == 0;
  struct iscsi_context *iscsi = iscsi_create_context("iqn.2024-01.net.example:desk");
  iscsi_set_targetname(iscsi, argv[2]);
  iscsi_set_session_type(iscsi, ISCSI_SESSION_NORMAL);
  iscsi_set_immediate_data(iscsi, eager ? ISCSI_IMMEDIATE_DATA_YES : ISCSI_IMMEDIATE_DATA_NO);
  iscsi_set_initial_r2t(iscsi, eager ? ISCSI_INITIAL_R2T_NO : ISCSI_INITIAL_R2T_YES);
  check(iscsi_full_connect_sync(iscsi, argv[1], kLun) == 0, iscsi, "connect");
  memset(data, 'd', sizeof data);
  for (int blocks = 1; blocks <= 64; blocks *= 8) {
    finish(iscsi, iscsi_write10_sync(iscsi, kLun, 0, data, (unsigned)blocks * kBlock, kBlock, 0, 0, 0, 0, 0), "write",
           SCSI_STATUS_GOOD);
    finish(iscsi, iscsi_read10_sync(iscsi, kLun, 0, (unsigned)blocks * kBlock, kBlock, 0, 0, 0, 0, 0), "read",
           SCSI_STATUS_GOOD);
  }
  // behind the end of the disk
  finish(iscsi, iscsi_read10_sync(iscsi, kLun, 1U << 30U, kBlock, kBlock, 0, 0, 0, 0, 0), "read of nothing",
         SCSI_STATUS_CHECK_CONDITION);
  for (unsigned n = 0; n < 3; ++n) {
    check(iscsi_read10_task(iscsi, kLun, n, kBlock, kBlock, 0, 0, 0, 0, 0, answered, NULL) != NULL, iscsi, "read10");
  }
  wait_for(iscsi, 3);
  check(iscsi_nop_out_async(iscsi, answered, NULL, 0, NULL) == 0, iscsi, "nop");
  wait_for(iscsi, 4);
  iscsi_logout_sync(iscsi);
  iscsi_destroy_context(iscsi);
  return 0;
}
