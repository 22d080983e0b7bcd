"""The objects of the simulated org and their fields, and how they are described.

A field is written `Name:type(length)>Target` with marks: `!` needed, `-` only read, `=` a formula,
`#` an external id, `*` unique, `^` unique by its case too. A number's places after the point stand behind a
point (`double.1`), the values of a restricted list in brackets (`picklist[red|green]`). Fields that
administrators add are added to an object's `fields`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

_WRITTEN = re.compile(r"(\w+):(\w+)(?:\.(\d+))?(?:\((\d+)\))?(?:\[([^\]]+)\])?(?:>(\w+))?([!=#*^-]*)")
_NUMBERS = ("double", "currency", "percent")
_SCALE = 2
_LENGTHS = {"string": 255, "picklist": 255, "email": 80, "phone": 40, "url": 255, "textarea": 32_000,
            "id": 18, "reference": 18}  # fmt: skip
_COMMON = (
    "Id:id- IsDeleted:boolean- CreatedDate:datetime- CreatedById:reference>User- "
    "LastModifiedDate:datetime- LastModifiedById:reference>User- SystemModstamp:datetime-"
)
_ADDRESS = "{0}Street:textarea {0}City:string {0}State:string {0}PostalCode:string {0}Country:string"


@dataclass(frozen=True)
class Field:
    name: str
    type: str
    length: int = 0
    target: str = ""
    """Object that a reference leads to."""
    is_needed: bool = False
    is_read_only: bool = False
    is_formula: bool = False
    is_external_id: bool = False
    is_unique: bool = False
    is_case_sensitive: bool = False
    scale: int = 0
    choices: tuple[str, ...] = ()
    """Values it may have alone; empty for any."""

    @property
    def relationship(self) -> str:
        """What a path of SOQL calls the row it leads to; empty for no reference."""
        if not self.target:
            return ""
        return f"{self.name[:-3]}__r" if self.name.endswith("__c") else self.name.removesuffix("Id")

    def described(self) -> dict[str, Any]:
        is_text = self.type in _LENGTHS
        may_write = not (self.is_read_only or self.is_formula)
        return {
            "name": self.name, "label": self.name.removesuffix("__c").replace("_", " "), "type": self.type,
            "length": self.length, "byteLength": self.length * 3, "nillable": not self.is_needed,
            "precision": 18 if self.type in _NUMBERS else 0, "scale": self.scale,
            "digits": 9 if self.type == "int" else 0, "createable": may_write, "updateable": may_write,
            "calculated": self.is_formula, "custom": self.name.endswith("__c"), "unique": self.is_unique,
            "externalId": self.is_external_id, "idLookup": self.is_external_id or self.type == "id",
            "referenceTo": [self.target] if self.target else [],
            "relationshipName": self.relationship or None, "filterable": self.type != "textarea",
            "sortable": self.type != "textarea", "groupable": is_text, "deprecatedAndHidden": False,
            "compoundFieldName": None, "autoNumber": False,
            "defaultedOnCreate": self.type == "boolean" or self.name == "OwnerId",
            "caseSensitive": self.is_case_sensitive, "encrypted": False, "soapType": _soap(self.type),
            "restrictedPicklist": bool(self.choices),
            "picklistValues": [{"value": one, "label": one, "active": True} for one in self.choices],
        }  # fmt: skip


@dataclass
class Object:
    name: str
    prefix: str
    """The first three characters of its ids."""
    fields: dict[str, Field]

    def field(self, name: str) -> Field | None:
        """By its name in any case."""
        return self.fields.get(name) or next(
            (one for known, one in self.fields.items() if known.lower() == name.lower()), None
        )

    def add(self, written: str) -> None:
        """As an administrator adds fields."""
        self.fields |= {field.name: field for field in fields(written)}

    def global_description(self, root: str) -> dict[str, Any]:
        """As the list of all objects has it."""
        is_custom = self.name.endswith("__c")
        return {
            "name": self.name, "label": self.name, "labelPlural": f"{self.name}s", "keyPrefix": self.prefix,
            "custom": is_custom, "queryable": True, "retrieveable": True, "createable": True,
            "updateable": True, "deletable": self.name not in ("User", "Organization"),
            "undeletable": True, "replicateable": True, "searchable": True, "layoutable": True,
            "triggerable": True, "mergeable": False, "activateable": False, "deprecatedAndHidden": False,
            "customSetting": False, "feedEnabled": False,
            "urls": {
                "sobject": f"{root}/sobjects/{self.name}",
                "describe": f"{root}/sobjects/{self.name}/describe",
                "rowTemplate": f"{root}/sobjects/{self.name}/{{ID}}",
            },
        }  # fmt: skip

    def description(self, root: str) -> dict[str, Any]:
        return {
            **self.global_description(root),
            "fields": [field.described() for field in self.fields.values()],
            "childRelationships": [],
            "recordTypeInfos": [],
        }


def fields(written: str) -> list[Field]:
    """Raises ValueError for a field that is not written as the module says."""
    found = []
    for word in written.split():
        parts = _WRITTEN.fullmatch(word)
        if parts is None:
            raise ValueError(word)
        name, kind, scale, length, choices, target, marks = parts.groups()
        found.append(
            Field(
                name,
                kind,
                int(length) if length else _LENGTHS.get(kind, 0),
                target or "",
                is_needed="!" in marks,
                is_read_only="-" in marks,
                is_formula="=" in marks,
                is_external_id="#" in marks,
                is_unique="*" in marks or "^" in marks,
                is_case_sensitive="^" in marks,
                scale=int(scale or _SCALE) if kind in _NUMBERS else 0,
                choices=tuple(choices.split("|")) if choices else (),
            )
        )
    return found


def objects() -> dict[str, Object]:
    """The org's, by name; new ones each time, so that fields can be added to them."""
    return {
        name: Object(name, prefix, {field.name: field for field in fields(f"{_COMMON} {written}")})
        for name, (prefix, written) in _OBJECTS.items()
    }


def _soap(kind: str) -> str:
    plain = {"boolean": "xsd:boolean", "int": "xsd:int", "datetime": "xsd:dateTime", "date": "xsd:date"}
    if kind in _NUMBERS:
        return "xsd:double"
    return "tns:ID" if kind in ("id", "reference") else plain.get(kind, "xsd:string")


_OBJECTS = {
    "User": (
        "005",
        "Username:string(80)! Email:email! Name:string- FirstName:string(40) LastName:string(80)! "
        "Alias:string(8) IsActive:boolean UserRoleId:reference>UserRole Title:string Department:string "
        "UserType:picklist Region__c:picklist External_Id__c:string#*",
    ),
    "UserRole": ("00E", "Name:string(80)! DeveloperName:string(80) ParentRoleId:reference>UserRole"),
    "Account": (
        "001",
        "Name:string! Type:picklist ParentId:reference>Account Industry:picklist Website:url Phone:phone "
        f"{_ADDRESS.format('Billing')} {_ADDRESS.format('Shipping')} AccountNumber:string(40) "
        "AnnualRevenue:currency NumberOfEmployees:int Description:textarea OwnerId:reference>User "
        "AccountSource:picklist Rating:picklist Ownership:picklist LastActivityDate:date- "
        "MasterRecordId:reference>Account- External_Id__c:string(80)#* Region__c:picklist Plan__c:picklist "
        "Seats__c:double Plan_And_Seats__c:string= Usage_Score__c:double Last_Active__c:datetime",
    ),
    "Contact": (
        "003",
        "AccountId:reference>Account FirstName:string(40) LastName:string(80)! Name:string- Email:email "
        f"Phone:phone MobilePhone:phone Title:string(128) Department:string(80) {_ADDRESS.format('Mailing')} "
        "OwnerId:reference>User LeadSource:picklist Description:textarea ReportsToId:reference>Contact "
        "HasOptedOutOfEmail:boolean EmailBouncedReason:string- EmailBouncedDate:datetime- "
        "LastActivityDate:date- MasterRecordId:reference>Contact- "
        "External_Id__c:string(80)#* Legacy_Id__c:string(40)# Usage_Score__c:double "
        "Account_Plan__c:string=",
    ),
    "Lead": (
        "00Q",
        "FirstName:string(40) LastName:string(80)! Name:string- Company:string! Email:email Phone:phone "
        "Title:string(128) Street:textarea City:string State:string PostalCode:string Country:string "
        "Website:url LeadSource:picklist Status:picklist! Industry:picklist AnnualRevenue:currency "
        "NumberOfEmployees:int OwnerId:reference>User Description:textarea IsConverted:boolean- "
        "ConvertedDate:date- ConvertedAccountId:reference>Account- ConvertedContactId:reference>Contact- "
        "ConvertedOpportunityId:reference>Opportunity- IsUnreadByOwner:boolean HasOptedOutOfEmail:boolean "
        "EmailBouncedReason:string- EmailBouncedDate:datetime- "
        "LastActivityDate:date- MasterRecordId:reference>Lead- External_Id__c:string(80)#* "
        "Portal_Customer_Id__c:string(80)",
    ),
    "Opportunity": (
        "006",
        "AccountId:reference>Account Name:string(120)! StageName:picklist! Amount:currency "
        "Probability:percent ExpectedRevenue:currency- CloseDate:date! Type:picklist NextStep:string "
        "LeadSource:picklist IsClosed:boolean- IsWon:boolean- ForecastCategory:picklist- "
        "ForecastCategoryName:picklist CampaignId:reference>Campaign HasOpportunityLineItem:boolean- "
        "OwnerId:reference>User Description:textarea FiscalQuarter:int- FiscalYear:int- Fiscal:string- "
        "LastActivityDate:date- External_Id__c:string(80)#* Licence_Key__c:string(80)",
    ),
    "OpportunityLineItem": (
        "00k",
        "OpportunityId:reference>Opportunity! Product2Id:reference>Product2 ProductCode:string- Name:string- "
        "Quantity:double! UnitPrice:currency TotalPrice:currency ListPrice:currency- Discount:percent "
        "ServiceDate:date Description:string SortOrder:int External_Id__c:string(80)#* End_Date__c:date",
    ),
    "Product2": (
        "01t",
        "Name:string! ProductCode:string Description:textarea Family:picklist IsActive:boolean "
        "External_Id__c:string(80)#*",
    ),
    "Campaign": (
        "701",
        "Name:string(80)! Type:picklist Status:picklist StartDate:date EndDate:date BudgetedCost:currency "
        "ActualCost:currency IsActive:boolean OwnerId:reference>User External_Id__c:string(80)#*",
    ),
    "Task": (
        "00T",
        "WhoId:reference>Contact WhatId:reference>Account AccountId:reference>Account- Subject:string "
        "ActivityDate:date Status:picklist! Priority:picklist! IsHighPriority:boolean- IsClosed:boolean- "
        "OwnerId:reference>User Description:textarea Type:picklist TaskSubtype:picklist "
        "CompletedDateTime:datetime- IsArchived:boolean-",
    ),
    "Event": (
        "00U",
        "WhoId:reference>Contact WhatId:reference>Account AccountId:reference>Account- Subject:string "
        "Location:string ActivityDate:date ActivityDateTime:datetime StartDateTime:datetime "
        "EndDateTime:datetime OwnerId:reference>User Description:textarea Type:picklist "
        "EventSubtype:picklist IsArchived:boolean- IsGroupEvent:boolean-",
    ),
    "Order": (
        "801",
        "AccountId:reference>Account! OpportunityId:reference>Opportunity EffectiveDate:date! EndDate:date "
        "Status:picklist! Type:picklist OrderNumber:string- TotalAmount:currency- OwnerId:reference>User "
        f"Description:textarea {_ADDRESS.format('Billing')} {_ADDRESS.format('Shipping')}",
    ),
    "Organization": (
        "00D",
        "Name:string! IsSandbox:boolean- InstanceName:string- OrganizationType:picklist-",
    ),
}
