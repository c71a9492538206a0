// SPDX-License-Identifier: MIT
// A libpq client for the extended protocol.
//   pg_client params N     N statements with parameters, one after the other
//   pg_client each N       pipeline mode: N statements with a Sync after each, then all results
//   pg_client one N        pipeline mode: N statements and one Sync
//   pg_client error N      as "each", but the second statement fails
// The connection comes from the environment (PGHOST, PGUSER, ...).
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const good = "select id, name, price from item where id = $1::int";
static const char *const bad = "select 1 / ($1::int - $1::int)";

static void fail(PGconn *connection) {
    fprintf(stderr, "pg_client: %s", PQerrorMessage(connection));
    exit(1);
}

int main(int argc, char **argv) {
    if (argc != 3) return 2;
    const char *mode = argv[1];
    const int count = atoi(argv[2]);
    PGconn *connection = PQconnectdb("");
    if (PQstatus(connection) != CONNECTION_OK) fail(connection);
    const int pipelined = strcmp(mode, "params") != 0;
    if (pipelined && !PQenterPipelineMode(connection)) fail(connection);
    for (int i = 0; i < count; i++) {
        char number[12];
        snprintf(number, sizeof number, "%d", i + 1);
        const char *values[] = {number};
        if (!pipelined) {
            PQclear(PQexecParams(connection, good, 1, NULL, values, NULL, NULL, 0));
            continue;
        }
        const char *text = strcmp(mode, "error") == 0 && i == 1 ? bad : good;
        if (!PQsendQueryParams(connection, text, 1, NULL, values, NULL, NULL, 0)) fail(connection);
        if ((strcmp(mode, "one") != 0 || i + 1 == count) && !PQpipelineSync(connection)) fail(connection);
    }
    if (pipelined) {
        int syncs = strcmp(mode, "one") == 0 ? 1 : count;
        while (syncs > 0) {
            PGresult *result = PQgetResult(connection);
            if (result != NULL && PQresultStatus(result) == PGRES_PIPELINE_SYNC) syncs--;
            PQclear(result);
        }
    }
    PQfinish(connection);
    return 0;
}
