"""Customers, sites and service bases."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from starlette.responses import Response

from common.paging import Sorts
from common.web.routes import Routes
from common.web.work import Work
from warranty.api.directory_shapes import (
    CustomerCreate,
    CustomerFilters,
    CustomerOut,
    CustomerPage,
    CustomerUpdate,
    ServiceBaseCreate,
    ServiceBaseFilters,
    ServiceBaseOut,
    ServiceBasePage,
    ServiceBaseUpdate,
    SiteCreate,
    SiteFilters,
    SiteOut,
    SitePage,
    SiteUpdate,
)
from warranty.api.told import told_changes, told_place
from warranty.commands import directory as commands
from warranty.domain.told import NewCustomer, NewSite
from warranty.queries import directory as queries
from warranty.queries.single import one
from warranty.tables.directory import Customer, ServiceBase, Site

routes = Routes("directory", "Customers and their sites, and the bases from which engineers set out.")

CUSTOMER_SORTS = Sorts(Customer.id, {"created_at": Customer.created_at, "code": Customer.code})
SITE_SORTS = Sorts(Site.id, {"created_at": Site.created_at, "code": Site.code})
BASE_SORTS = Sorts(ServiceBase.id, {"created_at": ServiceBase.created_at})
CUSTOMER = "/v1/customers/{customer_id:uuid}"
SITE = "/v1/sites/{site_id:uuid}"
BASE = "/v1/service-bases/{base_id:uuid}"


@routes.create("/v1/customers", "customers.write", CustomerOut, conflicts=True)
async def create_customer(work: Work, body: CustomerCreate) -> Response:
    """Make a customer known."""
    told = NewCustomer(**dict(body))
    return await work.write(
        lambda s: commands.create_customer(s, told, work.at()), CustomerOut.model_validate, status=201
    )


@routes.list("/v1/customers", "customers.read", CustomerPage)
async def list_customers(work: Work, filters: Annotated[CustomerFilters, Query()]) -> Response:
    """Customers by filter, the latest first."""
    found = queries.customers(**filters.told())
    return await work.page(found, CUSTOMER_SORTS, filters, CustomerOut.model_validate)


@routes.get(CUSTOMER, "customers.read", CustomerOut)
async def get_customer(work: Work, customer_id: UUID) -> Response:
    """One customer."""
    return await work.read(lambda s: one(s, Customer, customer_id), CustomerOut.model_validate)


@routes.patch(CUSTOMER, "customers.write", CustomerOut)
async def update_customer(work: Work, customer_id: UUID, body: CustomerUpdate) -> Response:
    """Correct what is known of a customer."""
    return await work.write(
        lambda s: commands.update_customer(s, customer_id, body.changes(), work.at()),
        CustomerOut.model_validate,
    )


@routes.create("/v1/sites", "customers.write", SiteOut, conflicts=True)
async def create_site(work: Work, body: SiteCreate) -> Response:
    """Make a site known."""
    told = NewSite(**{**dict(body), "position": told_place(body.position)})
    return await work.write(
        lambda s: commands.create_site(s, told, work.at()), SiteOut.model_validate, status=201
    )


@routes.list("/v1/sites", "customers.read", SitePage)
async def list_sites(work: Work, filters: Annotated[SiteFilters, Query()]) -> Response:
    """Sites by filter, the latest first."""
    return await work.page(queries.sites(**filters.told()), SITE_SORTS, filters, SiteOut.model_validate)


@routes.get(SITE, "customers.read", SiteOut)
async def get_site(work: Work, site_id: UUID) -> Response:
    """One site."""
    return await work.read(lambda s: one(s, Site, site_id), SiteOut.model_validate)


@routes.patch(SITE, "customers.write", SiteOut)
async def update_site(work: Work, site_id: UUID, body: SiteUpdate) -> Response:
    """Correct what is known of a site."""
    return await work.write(
        lambda s: commands.update_site(s, site_id, told_changes(body), work.at()), SiteOut.model_validate
    )


@routes.create("/v1/service-bases", "customers.write", ServiceBaseOut, conflicts=True)
async def create_service_base(work: Work, body: ServiceBaseCreate) -> Response:
    """Make a service base known; sites without a stated distance are measured anew."""
    told = {**dict(body), "position": told_place(body.position)}
    return await work.write(
        lambda s: commands.create_service_base(s, **told, at=work.at()),
        ServiceBaseOut.model_validate,
        status=201,
    )


@routes.list("/v1/service-bases", "customers.read", ServiceBasePage)
async def list_service_bases(work: Work, filters: Annotated[ServiceBaseFilters, Query()]) -> Response:
    """Service bases, the oldest first."""
    return await work.page(queries.service_bases(), BASE_SORTS, filters, ServiceBaseOut.model_validate)


@routes.get(BASE, "customers.read", ServiceBaseOut)
async def get_service_base(work: Work, base_id: UUID) -> Response:
    """One service base."""
    return await work.read(lambda s: one(s, ServiceBase, base_id), ServiceBaseOut.model_validate)


@routes.patch(BASE, "customers.write", ServiceBaseOut)
async def update_service_base(work: Work, base_id: UUID, body: ServiceBaseUpdate) -> Response:
    """Correct a service base; sites without a stated distance are measured anew."""
    return await work.write(
        lambda s: commands.update_service_base(s, base_id, told_changes(body), work.at()),
        ServiceBaseOut.model_validate,
    )
