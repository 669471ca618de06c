"""A bucket that receives a file part by part: who sends a part is given an address for that part, and no other."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

ADDRESS_LASTS = 900
"""Seconds for which the address of a part may be used: a part that takes longer asks for another."""
CHECKSUM = "x-amz-checksum-sha256"


class BucketAway(Exception):
    """The bucket does not answer, or not as it should."""


class NoReception(Exception):
    """The bucket knows of no open reception of this file: it was finished, or given up."""


@dataclass(frozen=True)
class ReceivedPart:
    """A part that the bucket holds.

    :param checksum: the sha256 that the bucket computed, in hexadecimal; empty when it computes none
    """

    number: int
    size: int
    etag: str
    checksum: str


@dataclass(frozen=True)
class Bucket:
    """One bucket, through a client of boto3 whose timeouts are its own."""

    client: Any
    name: str

    def begin(self, key: str) -> str:
        """Open the reception of a file; return its name.

        :raises BucketAway: when nobody answers
        """
        opened = self._ask("create_multipart_upload", Key=key, ChecksumAlgorithm="SHA256")
        return str(opened["UploadId"])

    def door(self, key: str, upload_id: str, *, number: int, sha256: str) -> tuple[str, dict[str, str]]:
        """Return the address where one part may be put, and the headers that go with it: that content and no other."""
        checksum = base64.b64encode(bytes.fromhex(sha256)).decode()
        params = {"Bucket": self.name, "Key": key, "UploadId": upload_id, "PartNumber": number}
        params["ChecksumSHA256"] = checksum
        address = self.client.generate_presigned_url("upload_part", Params=params, ExpiresIn=ADDRESS_LASTS)
        return str(address), {CHECKSUM: checksum}

    def parts(self, key: str, upload_id: str) -> Mapping[int, ReceivedPart]:
        """Return the parts that have come, by number.

        :raises NoReception: when the reception is over
        :raises BucketAway: when nobody answers
        """
        received: dict[int, ReceivedPart] = {}
        after = 0
        while True:
            page = self._ask("list_parts", Key=key, UploadId=upload_id, PartNumberMarker=after)
            for part in page.get("Parts", ()):
                checksum = base64.b64decode(part.get("ChecksumSHA256", "")).hex()
                received[part["PartNumber"]] = ReceivedPart(part["PartNumber"], part["Size"], part["ETag"], checksum)
            if not page.get("IsTruncated"):
                return received
            after = page["NextPartNumberMarker"]

    def finish(self, key: str, upload_id: str, parts: Mapping[int, ReceivedPart]) -> None:
        """Make one file of the parts.

        :raises NoReception: when the reception is over
        :raises BucketAway: when nobody answers
        """
        named = [_named(parts[number]) for number in sorted(parts)]
        self._ask("complete_multipart_upload", Key=key, UploadId=upload_id, MultipartUpload={"Parts": named})

    def size_of(self, key: str) -> int | None:
        """Return the size of the whole file, in bytes; None when the bucket holds none.

        :raises BucketAway: when nobody answers
        """
        listed = self._ask("list_objects_v2", Prefix=key, MaxKeys=1).get("Contents", ())
        return next((int(row["Size"]) for row in listed if row["Key"] == key), None)

    def give_up(self, key: str, upload_id: str) -> None:
        """Forget the parts that came.

        :raises BucketAway: when nobody answers
        """
        try:
            self._ask("abort_multipart_upload", Key=key, UploadId=upload_id)
        except NoReception:
            self._ask("delete_object", Key=key)

    def _ask(self, what: str, **arguments: Any) -> Any:
        try:
            return getattr(self.client, what)(Bucket=self.name, **arguments)
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") == "NoSuchUpload":
                raise NoReception(arguments.get("Key", "")) from error
            raise BucketAway(str(error)) from error
        except BotoCoreError as error:
            raise BucketAway(str(error)) from error


def _named(part: ReceivedPart) -> dict[str, Any]:
    named = {"PartNumber": part.number, "ETag": part.etag}
    if part.checksum:
        named["ChecksumSHA256"] = base64.b64encode(bytes.fromhex(part.checksum)).decode()
    return named
