#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What desk1 asks MongoDB through PyMongo: mongo_client.py ADDRESS"""
import sys
import time

import pymongo
from pymongo.errors import OperationFailure
from pymongo.write_concern import WriteConcern


def main(address):
    client = pymongo.MongoClient(address, replicaSet="orders", heartbeatFrequencyMS=1000)
    shop = client.shop
    shop.item.insert_many([{"_id": i, "name": "item number %d" % i} for i in range(300)])
    assert len(list(shop.item.find())) == 300                     # find and getMore
    shop.item.insert_one({"_id": 1000, "name": "one more"})
    shop.item.update_one({"_id": 1}, {"$set": {"name": "other"}})
    shop.item.delete_one({"_id": 2})
    shop.sale.with_options(write_concern=WriteConcern(w=0)).insert_one({"amount": 1})    # is not answered
    list(shop.item.aggregate([{"$match": {}}], batchSize=1000))
    shop.command("find", "item", comment="sleep", batchSize=1, singleBatch=True)
    client.admin.command("ping")
    try:
        client.admin.command("noSuchCommand")                 # an error
    except OperationFailure:
        pass
    time.sleep(1.5)
    client.close()


if __name__ == "__main__":
    main(sys.argv[1])
