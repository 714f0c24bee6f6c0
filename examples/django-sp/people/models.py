"""Accounts and groups of the staff, with what SCIM needs of them."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models.functions import Lower
from django_scim.models import AbstractSCIMGroupMixin, AbstractSCIMUserMixin


class Group(AbstractSCIMGroupMixin):
    name = models.CharField(max_length=254, unique=True)

    def __str__(self) -> str:
        return self.name


class User(AbstractSCIMUserMixin, AbstractUser):
    display_name = models.CharField(max_length=254, blank=True)
    title = models.CharField(max_length=254, blank=True)
    scim_groups = models.ManyToManyField(Group, related_name="user_set", blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(Lower("username"), name="username_in_any_case")]
