"""How subscribers take what they are told, as the desk table has it."""

from sportello.table.endpoint_table import EndpointMark, EndpointTable


class SubscriberTable(EndpointTable):
    """`SUBSCRIBERS` / `<name>`: the marks that endpoints have, of the subscription of that name."""

    partition = "SUBSCRIBERS"
    entity = "subscriber"

    def mark(self, name: str) -> EndpointMark:
        item = self._client.get_item(
            TableName=self._name, Key=self._key(name), ConsistentRead=True
        ).get("Item")
        return EndpointMark.from_attributes(item) if item else EndpointMark(name=name)
