# SPDX-License-Identifier: MIT
"""Every kind of page, by a short name: what is checked, and looked at, on each of them. The sample office has what they show."""

GRAPH = "/PasTmon/graph?signature=HTTP%20GET&client=*&server=10.20.0.10&metric=response_time"

PAGES = {
    "home": "/PasTmon/",
    "level1": "/PasTmon/level1",
    "rows": "/PasTmon/level1?server_like=^www",
    "metrics": "/PasTmon/level1?signature=HTTP%20GET&client=*&server=10.20.0.10",
    "level2": "/PasTmon/level2?range=all",
    "all": "/PasTmon/all",
    "graph": GRAPH,
    "favourites": "/PasTmon/favourites",
    "internal": "/PasTmon/internal",
    "internal-graph": "/PasTmon/internal?statistic=packets_received",
    "host": "/PasTmon/host?address=10.20.0.10",
    "signatures": "/PasTmon/signatures",
}

STATES = {
    "nothing matches": "/PasTmon/level1?client_like=nobody",
    "wrong regex": "/PasTmon/level1?client_like=(",
    "which metric": "/PasTmon/graph",
    "no such page": "/PasTmon/nowhere",
}
