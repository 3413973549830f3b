"""Tests of Ontheway, laid out like the package they test."""
