"""Writes the part of Modal's gRPC protocol that the fake serves, from the descriptors in the `modal` package on PyPI.

    python -m venv /tmp/modal && /tmp/modal/bin/pip install modal==$(cat VERSION)
    /tmp/modal/bin/python export.py           # writes modal.binpb and VERSION
    /tmp/modal/bin/python export.py --check   # exits 1 when what is checked in differs

The result is a `google.protobuf.FileDescriptorSet`: the methods named below, every message and enum that they reach, whole.
"""

import pathlib
import sys
from importlib.metadata import version

from google.protobuf import any_pb2, descriptor_pb2, empty_pb2, struct_pb2, timestamp_pb2, wrappers_pb2
from modal_proto import api_pb2

METHODS = """
AppClientDisconnect AppFetchLogs AppGetOrCreate AppHeartbeat AuthTokenGet ClientHello EnvironmentGetOrCreate ImageGetOrCreate
ImageJoinStreaming SandboxCreate SandboxCreateV2 SandboxGetFromName SandboxGetFromNameV2 SandboxGetTaskId SandboxGetTaskIdV2
SandboxList SandboxListV2 SandboxTerminate SandboxTerminateV2 SandboxWait SandboxWaitV2 SecretGetOrCreate
""".split()
# What travels in the trailer `grpc-status-details-bin`.
MESSAGES = ["RPCStatus", "RPCRetryPolicy"]
HERE = pathlib.Path(__file__).parent


def reached(messages):
    """The top-level messages and enums of the file that these messages lead to."""
    names, todo = set(), list(messages)
    while todo:
        at = todo.pop()
        if at.file.name != api_pb2.DESCRIPTOR.name:
            continue
        top = at
        while top.containing_type:
            top = top.containing_type
        if top.name in names:
            continue
        names.add(top.name)
        types = [top]
        while types:
            one = types.pop()
            if hasattr(one, "fields"):
                types.extend(one.nested_types)
                todo.extend(type_ for field in one.fields if (type_ := field.message_type or field.enum_type))
    return names


def descriptor_set():
    whole = descriptor_pb2.FileDescriptorProto()
    api_pb2.DESCRIPTOR.CopyToProto(whole)
    service = api_pb2.DESCRIPTOR.services_by_name["ModalClient"]
    methods = [service.methods_by_name[name] for name in METHODS]
    names = reached(
        [type_ for method in methods for type_ in (method.input_type, method.output_type)]
        + [api_pb2.DESCRIPTOR.message_types_by_name[name] for name in MESSAGES]
    )
    part = descriptor_pb2.FileDescriptorProto(name=whole.name, package=whole.package, syntax=whole.syntax)
    part.dependency.extend(whole.dependency)
    part.message_type.extend(message for message in whole.message_type if message.name in names)
    part.enum_type.extend(enum for enum in whole.enum_type if enum.name in names)
    client = next(service for service in whole.service if service.name == "ModalClient")
    kept = part.service.add(name="ModalClient")
    kept.method.extend(method for method in client.method if method.name in METHODS)
    for element in [*part.message_type, *part.enum_type]:
        strip_options(element)
    files = descriptor_pb2.FileDescriptorSet()
    for module in (any_pb2, empty_pb2, struct_pb2, timestamp_pb2, wrappers_pb2):
        module.DESCRIPTOR.CopyToProto(files.file.add())
    files.file.append(part)
    return files.SerializeToString(deterministic=True)


def strip_options(element):
    """Options of Modal's own (audit targets and the like) say nothing about the wire."""
    for field in getattr(element, "field", []):
        packed = field.options.packed if field.options.HasField("packed") else None
        field.ClearField("options")
        if packed is not None:
            field.options.packed = packed
    for nested in getattr(element, "nested_type", []):
        map_entry = nested.options.map_entry
        nested.ClearField("options")
        if map_entry:
            nested.options.map_entry = True
        strip_options(nested)


def main():
    exported, release = descriptor_set(), version("modal") + "\n"
    descriptors, release_file = HERE / "modal.binpb", HERE / "VERSION"
    if "--check" in sys.argv:
        same = descriptors.read_bytes() == exported and release_file.read_text() == release
        print("same" if same else f"differs from modal {release.strip()}: run export.py and read the difference")
        sys.exit(0 if same else 1)
    descriptors.write_bytes(exported)
    release_file.write_text(release)


main()
