"""The columns that a filter of an identity provider may name."""

from django_scim.filters import GroupFilterQuery, UserFilterQuery


class UserFilter(UserFilterQuery):
    attr_map = UserFilterQuery.attr_map | {("externalId", None, None): "scim_external_id"}


class GroupFilter(GroupFilterQuery):
    attr_map = {("displayName", None, None): "name", ("externalId", None, None): "scim_external_id"}
